"""Guests take places in groups, leave them and change them (A10)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.urls import reverse
from icalendar import Calendar

from appointments import outbox
from appointments.models import Appointment, Status
from scheduling.models import SchedulingPolicy, ServiceResource, WorkType
from tests.clients import browser_of, make_client
from tests.factories import at, make_group, make_invitation, make_resource, make_territory
from tests.factories import make_work_type as make_work
from tests.invitations.pages import DETAILS, hidden_fields, links, open_form, starts, text
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-23 08:00")
TUESDAY, THURSDAY = "2026-11-24T18:10:00Z", "2026-11-26T18:10:00Z"


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


def plan(key, start=TUESDAY, **fields):
    invitation = key.invitation
    host = invitation.hosts.get().service_resource
    return make_group(
        host,
        start=dt.datetime.fromisoformat(start),
        work_type=invitation.work_type,
        territory=invitation.territory,
        **fields,
    )


def url_of(key, rest=""):
    return f"/invite/{key.key}/{rest}"


def enrol(client, key, start=TUESDAY, **details):
    form = {**open_form(client, url_of(key), start), **details}
    return client.post(url_of(key, "book/"), form)


def letters():
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    return mail.outbox


def test_the_week_page_offers_planned_groups_alone_and_says_what_is_left(client, key):
    plan(key)
    plan(key, THURSDAY, places=1)
    page = client.get(url_of(key, "2026-W48/"))
    assert starts(page) == [TUESDAY, THURSDAY]
    assert "3 places left" in text(page)
    assert "1 place left" in text(page)


def test_nothing_planned_is_nothing_free(client, key):
    page = client.get(url_of(key))
    assert (page.status_code, starts(page)) == (200, [])
    assert "No free times at the moment" in text(page)


def test_a_group_of_another_place_or_work_or_host_is_not_offered(client, key):
    office, other = key.invitation.territory, make_territory()
    host = key.invitation.hosts.get().service_resource
    work, start = key.invitation.work_type, dt.datetime.fromisoformat(TUESDAY)
    hour = dt.timedelta(hours=2)
    make_group(host, start=start, work_type=work, territory=other)
    make_group(host, start=start + hour, work_type=make_work(attendee_limit=2), territory=office)
    make_group(make_resource(office), start=start, work_type=work, territory=office)
    assert starts(client.get(url_of(key, "2026-W48/"))) == []


def test_a_group_of_which_a_host_is_gone_is_not_offered(client, key):
    office = key.invitation.territory
    anna, tom = key.invitation.hosts.get().service_resource, make_resource(office)
    start = dt.datetime.fromisoformat(TUESDAY)
    make_group(anna, tom, start=start, work_type=key.invitation.work_type, territory=office)
    assert starts(client.get(url_of(key, "2026-W48/"))) == [TUESDAY]
    ServiceResource.objects.filter(pk=tom.pk).update(is_active=False)
    assert starts(client.get(url_of(key, "2026-W48/"))) == []


def test_any_number_of_groups_and_attendees_takes_one_query_more(
    client, key, django_assert_num_queries
):
    group = plan(key)
    with django_assert_num_queries(9):
        client.get(url_of(key, "2026-W48/"))
    plan(key, THURSDAY)
    for number in range(3):
        enrol(client, key, THURSDAY, email=f"{number}@example.com")
    assert group.attendees.count() == 0
    with django_assert_num_queries(9):
        client.get(url_of(key, "2026-W48/"))


def test_a_group_keeps_the_length_it_was_planned_with(client, key):
    plan(key)
    WorkType.objects.update(duration=30)
    assert "19:10 to 20:10" in text(client.get(url_of(key, "2026-W48/")))
    opened = client.get(f"{url_of(key, 'book/')}?start={TUESDAY}")
    sent_back = client.post(
        url_of(key, "book/"), {**open_form(client, url_of(key), TUESDAY), "email": ""}
    )
    for page in (opened, sent_back):
        assert "19:10 – 20:10" in text(page)
        assert "Yoga, 1 hour" in text(page)
    form = open_form(client, url_of(key), TUESDAY)
    WorkType.objects.update(duration=45)
    own = client.get(client.post(url_of(key, "book/"), form)["Location"])
    assert "19:10 – 20:10" in text(own)


def test_who_moves_into_a_group_reads_its_own_length(client, key):
    plan(key)
    plan(key, THURSDAY)
    page = enrol(client, key)["Location"]
    WorkType.objects.update(duration=30)
    question = client.get(f"{page}move/to/?start={THURSDAY}")
    assert "19:10 – 20:10" in text(question)
    assert "19:10 – 19:40" not in text(question)


def test_a_guest_takes_a_place_and_reads_that_it_is_a_group_never_who_else(client, key):
    group = plan(key)
    details = client.get(f"{url_of(key, 'book/')}?start={TUESDAY}")
    assert "In a group with other guests" in text(details)
    enrol(client, key, first_name="Ada", last_name="Erste", email="ada@example.com")
    page = text(client.get(enrol(client, key)["Location"]))
    assert "In a group of up to 3" in page
    assert "Ada" not in page
    sent = letters()
    assert sorted(letter.to[0] for letter in sent) == ["ada@example.com", DETAILS["email"]]
    letter = next(each for each in sent if each.to == [DETAILS["email"]])
    assert "In a group of up to 3" in letter.body
    assert "In a group of up to 3" in letter.alternatives[0].content
    [event] = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")
    people = {str(each) for each in event["attendee"]}
    host = group.assignments.get().service_resource
    assert people == {f"mailto:{DETAILS['email']}", f"mailto:{host.email}"}


def test_a_full_group_keeps_what_was_typed_and_offers_the_next(client, key):
    """B7."""
    group = plan(key, places=1)
    plan(key, THURSDAY)
    form = open_form(client, url_of(key), TUESDAY)
    enrol(client, key, email="first@example.com")
    response = client.post(url_of(key, "book/"), form)
    assert response.status_code == 409
    assert THURSDAY in text(response)
    assert f'value="{DETAILS["email"]}"' in text(response)
    assert group.attendees.count() == 1


def test_who_withdraws_gives_the_place_back(client, key):
    plan(key, places=1)
    enrol(client, key)
    attendee = Appointment.objects.get(group__isnull=False)
    assert starts(client.get(url_of(key, "2026-W48/"))) == []
    cancel = reverse("appointment_cancel", args=[attendee.key])
    assert client.post(cancel, hidden_fields(client.get(cancel))).status_code == 303
    assert starts(client.get(url_of(key, "2026-W48/"))) == [TUESDAY]
    attendee.refresh_from_db()
    assert attendee.status == Status.CANCELLED


def test_a_guest_moves_to_another_date_of_the_group(client, key):
    plan(key)
    other = plan(key, THURSDAY)
    enrol(client, key)
    attendee = Appointment.objects.get(group__isnull=False)
    page = client.get(reverse("move", args=[attendee.key]))
    assert starts(page) == [THURSDAY]
    url = f"{reverse('move_to', args=[attendee.key])}?start={THURSDAY}"
    form = {**hidden_fields(client.get(url)), "start": THURSDAY}
    assert client.post(url, form).status_code == 303
    attendee.refresh_from_db()
    assert attendee.group == other
    assert attendee.start == other.start


def test_who_has_to_confirm_keeps_the_place_meanwhile(client, key):
    SchedulingPolicy.objects.create(name="Confirm", is_default=True, confirm_within=30)
    plan(key, places=1)
    enrol(client, key)
    assert Appointment.objects.get(group__isnull=False).status == Status.PENDING
    assert starts(client.get(url_of(key, "2026-W48/"))) == []


def test_my_appointments_have_the_place_and_never_the_group(key):
    plan(key)
    gerda = make_client("Gerda Gast")
    browser = browser_of(gerda)
    enrol(browser, key, email=gerda.email)
    attendee = Appointment.objects.get(group__isnull=False)
    page = browser.get(reverse("my_appointments"))
    assert [own.details.appointment for own in page.context["mine"].to_come] == [attendee]
    assert reverse("appointment", args=[attendee.key]) in " ".join(links(page))


def test_staff_move_a_group_to_any_free_time_of_its_hosts(key):
    group = plan(key)
    page = reverse("admin:invitations_invitation_move", args=[group.pk])
    browser, to = signed_in(make_administrator()), "2026-11-25T09:00:00Z"
    assert to in starts(browser.get(f"{page}?week=2026-W48"))
    url = f"{page}to/?start={to}"
    form = {**hidden_fields(browser.get(url)), "start": to}
    assert browser.post(url, form).status_code == 303
    group.refresh_from_db()
    assert group.start == dt.datetime.fromisoformat(to)
