"""Groups by personal links, in mails and calendar files (A10, L8, M2)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.urls import reverse
from icalendar import Calendar

from appointments import changes, outbox
from appointments.changes import Author
from appointments.models import Appointment, MessageKind
from invitations.models import ProspectList, Recipient
from tests.factories import at, make_group, make_invitation, make_resource, make_territory
from tests.factories import make_work_type as make_work
from tests.invitations.pages import open_form, text
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-23 08:00")
TUESDAY = "2026-11-24T18:10:00Z"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def key():
    office = make_territory(name="Berlin Mitte")
    work = make_work(office, name="Yoga", duration=60, attendee_limit=3, reminders="1440")
    return make_invitation(
        make_resource(office, name="Anna Berger"), territory=office, work_type=work
    )


@pytest.fixture
def group(key):
    invitation = key.invitation
    return make_group(
        invitation.hosts.get().service_resource,
        start=dt.datetime.fromisoformat(TUESDAY),
        work_type=invitation.work_type,
        territory=invitation.territory,
    )


def prospect(key, name="Petra"):
    prospect_list, _is_new = ProspectList.objects.get_or_create(
        invitation=key.invitation, name="Autumn"
    )
    return Recipient.objects.create(
        prospect_list=prospect_list,
        key=key.invitation.keys.create(),
        first_name=name,
        last_name="Prospekt",
        email=f"{name.lower()}@example.com",
    )


def letters():
    mail.outbox.clear()
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    return mail.outbox


def enrol(client, link):
    url = f"/invite/{link}/"
    form = open_form(client, url, TUESDAY)
    return client.post(f"{url}book/", form)


def test_recipients_of_a_list_take_places_and_see_nobody_else(client, key, group):
    people = [prospect(key, name) for name in ("Petra", "Paula")]
    pages = [client.get(enrol(client, each.key.key)["Location"]) for each in people]
    assert group.attendees.count() == 2
    assert "Petra" not in text(pages[1])
    assert "Prospekt" not in text(pages[1])
    assert "petra@" not in text(pages[1])
    own = group.attendees.get(personal_email="paula@example.com")
    for name in ("move", "appointment_cancel"):
        page = text(client.get(reverse(name, args=[own.key])))
        assert "petra" not in page.lower()
    for each in letters():
        names = {"Petra", "Paula"} - {each.to[0].split("@")[0].capitalize()}
        assert not any(name in each.body for name in names)


def test_hosts_have_one_entry_for_a_group_and_attendees_their_own(client, key, group):
    enrol(client, key.key)
    attendee = group.attendees.get()
    author = Author(make_user("staff"))
    outbox.owe([(MessageKind.RESOURCE_BOOKED, group.assignments.get().pk)], not_before=NOW)
    assert {each.to[0] for each in letters()} == {
        attendee.email,
        group.assignments.get().service_resource.email,
    }
    entries = {each.to[0]: event_of(each) for each in mail.outbox}
    host = group.assignments.get().service_resource.email
    assert entries[host]["uid"] != entries[attendee.email]["uid"]
    assert "Gast" not in str(entries[host].to_ical())
    assert [str(each) for each in listed(entries[host]["attendee"])] == [f"mailto:{host}"]
    changes.cancel(group.pk, author=author, reason="Ill", now=NOW)
    cancelled = {each.to[0]: event_of(each) for each in letters()}
    assert set(cancelled) == {host, attendee.email}
    for address, event in cancelled.items():
        assert event["status"] == "CANCELLED"
        assert event["uid"] == entries[address]["uid"]
        assert event["sequence"] > entries[address]["sequence"]
    assert all("Ill" in each.body for each in mail.outbox)


def event_of(letter):
    [event] = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")
    return event


def listed(value):
    return value if isinstance(value, list) else [value]


def test_a_place_taken_by_two_forms_is_two_places(client, key, group):
    assert enrol(client, key.key).status_code == 303
    url = f"/invite/{key.key}/"
    form = open_form(client, url, TUESDAY)
    first, second = (client.post(f"{url}book/", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    other = client.post(f"{url}book/", {**form, "first_name": "Bea"})
    assert other.status_code == 409
    assert Appointment.objects.filter(group=group).count() == 2
