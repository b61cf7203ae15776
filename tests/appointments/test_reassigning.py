"""Giving an appointment to another host: under the locks, with one mail for everybody concerned."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.mail import get_connection
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import changes, outbox, reassigning
from appointments.booking import TimeGoneError
from appointments.changes import Author, TooLateError
from appointments.models import Appointment, AppointmentEvent, Assignment, OutboxMessage, Status
from appointments.reassigning import obstacles, reassign
from scheduling.models import Absence, TimeSlot
from tests.factories import (
    at,
    make_appointment,
    make_client,
    make_preference,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import text
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory(name="Berlin Mitte")


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger", email="anna@example.com")


@pytest.fixture
def tom(office):
    return make_resource(office, name="Tom Reed", email="tom@example.com")


@pytest.fixture
def appointment(anna, office):
    # Nobody could book it now: lead time is for guests.
    work = make_work_type(office, name="Review", timeframe_start=2)
    return make_appointment(anna, START, territory=office, work_type=work)


def give(appointment, former, resource, **kwargs):
    fields = {"author": Author(make_user()), "now": NOW, **kwargs}
    return reassign(appointment.pk, former.pk, resource.pk, **fields)


def hosts(appointment):
    rows = appointment.assignments.order_by("-is_primary", "pk")
    return [(row.service_resource.name, row.is_primary) for row in rows]


def kinds():
    return sorted(OutboxMessage.objects.values_list("kind", flat=True))


def away(resource):
    Absence.objects.create(
        service_resource=resource, start=START, end=START + dt.timedelta(hours=1)
    )


def test_another_takes_its_time_and_the_former_is_free(appointment, anna, tom):
    before = Assignment.objects.values_list("blocked_start", "blocked_end", "holds_time").get()
    user = make_user()
    assert give(appointment, anna, tom, author=Author(user, anna))
    assert hosts(appointment) == [("Tom Reed", True)]
    assert Assignment.objects.values_list("blocked_start", "blocked_end", "holds_time").get() == (
        before
    )
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.actor, event.on_behalf_of) == ("reassigned", user, anna)
    assert (event.details["from"], event.details["to"]) == (anna.pk, tom.pk)
    assert Appointment.objects.get().sequence == 1


def test_its_history_names_former_hosts_in_one_query_and_says_who_is_gone(
    appointment, anna, tom, django_assert_max_num_queries
):
    page = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    staff = signed_in(make_administrator())
    give(appointment, anna, tom)
    with CaptureQueriesContext(connection) as once:
        assert "no longer Anna Berger" in text(staff.get(page))
    for former, taker in ((tom, anna), (anna, tom)) * 2:
        give(appointment, former, taker)
    with django_assert_max_num_queries(len(once)):
        assert "no longer Tom Reed" in text(staff.get(page))
    anna.delete()
    assert "no longer somebody who is gone" in text(staff.get(page))


def test_two_parts_are_not_given_to_the_same_at_once(anna, tom, office):
    TimeSlot.objects.update(maximum_appointments=3)
    appointment = make_appointment(anna, START, territory=office)
    span = {"blocked_start": appointment.start, "blocked_end": appointment.end}
    appointment.assignments.create(service_resource=tom, is_primary=False, **span)
    with pytest.raises(TimeGoneError):
        give(appointment, anna, tom)
    assert len(hosts(appointment)) == 2


def test_everybody_concerned_gets_one_mail(appointment, anna, tom):
    give(appointment, anna, tom)
    assert kinds() == ["guest_reassigned", "resource_booked", "resource_released"]
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    mails = {each.to[0]: each for each in mail.outbox}
    assert mails["anna@example.com"].subject.startswith("No longer yours: Tuesday, 24 November")
    assert mails["tom@example.com"].subject.startswith("New appointment: Tuesday, 24 November")
    letter = mails["gerda@example.com"]
    assert letter.subject == "Now with Tom Reed: Tuesday, 24 November, 10:00"
    for body in (letter.body, letter.alternatives[0].content):
        assert "your appointment is now with Tom Reed. The time is the same:" in body
        assert "Anna" not in body
    assert letter.reply_to == ["tom@example.com"]
    assert "METHOD:REQUEST" in str(letter.attachments[0].content)


def test_what_the_former_host_was_still_to_be_told_goes_to_nobody_else(appointment, anna, tom):
    outbox.owe([("resource_booked", appointment.assignments.get().pk)], not_before=NOW)
    give(appointment, anna, tom)
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    assert [each.to for each in mail.outbox if each.to == ["tom@example.com"]] == [
        ["tom@example.com"]
    ]


def test_who_has_it_again_is_not_told_that_it_is_gone(appointment, anna, tom):
    assert give(appointment, anna, tom)
    assert give(appointment, tom, anna)
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    subjects = [each.subject.split(":")[0] for each in mail.outbox if each.to == [anna.email]]
    assert subjects == ["New appointment"]


def test_given_twice_is_once(appointment, anna, tom):
    assert give(appointment, anna, tom)
    assert not give(appointment, anna, tom)
    assert AppointmentEvent.objects.count() == 1


def test_other_hosts_stay_and_hear_of_it(appointment, anna, tom, office):
    lea = make_resource(office, name="Lea")
    span = {"blocked_start": START, "blocked_end": appointment.end}
    Assignment.objects.create(
        appointment=appointment, service_resource=lea, is_primary=False, **span
    )
    assert give(appointment, anna, tom)
    assert hosts(appointment) == [("Tom Reed", True), ("Lea", False)]
    assert kinds() == [
        "guest_reassigned",
        "resource_booked",
        "resource_changed",
        "resource_released",
    ]
    with pytest.raises(TimeGoneError):
        give(appointment, tom, lea)


def test_who_is_booked_then_cannot_take_it(appointment, anna, tom):
    make_appointment(tom, START + dt.timedelta(minutes=15))
    for anyway in (False, True):
        with pytest.raises(TimeGoneError):
            give(appointment, anna, tom, anyway=anyway)
    assert hosts(appointment) == [("Anna Berger", True)]
    assert kinds() == []


def test_b8_who_is_away_takes_it_only_anyway(appointment, anna, tom):
    away(tom)
    with pytest.raises(TimeGoneError):
        give(appointment, anna, tom)
    assert give(appointment, anna, tom, anyway=True)


def test_b4_the_time_that_it_blocks_is_asked_for_not_what_the_work_takes_today(
    appointment, anna, tom
):
    quarter = dt.timedelta(minutes=15)
    appointment.assignments.update(blocked_end=appointment.end + quarter)
    make_appointment(tom, appointment.end)
    assert obstacles(appointment, [tom], NOW) == [frozenset({"booked"})]
    with pytest.raises(TimeGoneError):
        give(appointment, anna, tom)
    Assignment.objects.filter(service_resource=tom).update(blocked_start=appointment.end + quarter)
    assert give(appointment, anna, tom)


def test_b2_the_guard_refuses_what_was_written_past_the_locks(appointment, anna, tom, monkeypatch):
    make_appointment(tom, START)
    monkeypatch.setattr(reassigning, "obstacles", lambda *args: [frozenset()])
    with pytest.raises(TimeGoneError):
        give(appointment, anna, tom)
    assert hosts(appointment) == [("Anna Berger", True)]


def test_time_that_lapsed_without_a_confirmation_is_free(appointment, anna, tom):
    lapsed = NOW - dt.timedelta(hours=1)
    other = make_appointment(tom, START, status=Status.PENDING, confirm_until=lapsed)
    other.assignments.update(holds_until=lapsed)
    assert give(appointment, anna, tom)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.COMPLETED, Status.PENDING])
def test_what_does_not_stand_is_not_given_away(appointment, anna, tom, status):
    changes.set_status(appointment.pk, status)
    with pytest.raises(TooLateError):
        give(appointment, anna, tom)


def test_nor_what_is_over_nor_by_who_does_not_have_it(appointment, anna, tom, office):
    with pytest.raises(TooLateError):
        give(appointment, anna, tom, now=appointment.end)
    with pytest.raises(TooLateError):
        give(appointment, make_resource(office), tom)


def test_judging_candidates_takes_the_same_queries_for_any_number(appointment, office):
    def queries(candidates):
        found = Appointment.objects.with_page().get()
        with CaptureQueriesContext(connection) as asked:
            assert obstacles(found, candidates, NOW) == [frozenset()] * len(candidates)
        return len(asked)

    many = [make_resource(office) for _ in range(10)]
    assert queries(many[:1]) == queries(many)


# The page


def url(appointment):
    return reverse("admin:appointments_appointment_reassign", args=[appointment.pk])


def offered(client, appointment):
    choices = client.get(url(appointment)).context["form"].fields["resource"].choices
    return [words for _key, words in choices]


def test_the_page_offers_who_is_free_then_and_gives_it_to_them(appointment, anna, tom, office):
    make_appointment(make_resource(office, name="Busy"), START)
    away(make_resource(office, name="Away"))
    make_resource(make_territory(), name="Elsewhere")
    make_resource(office, name="Retired", is_active=False)
    user = make_user(is_superuser=False)
    names = ["view_appointment", "change_appointment"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = signed_in(user)
    assert offered(client, appointment) == ["Tom Reed"]
    change = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    assert url(appointment) in text(client.get(change))
    response = client.post(url(appointment), {"former": anna.pk, "resource": tom.pk}, follow=True)
    assert "It has another host." in text(response)
    assert hosts(appointment) == [("Tom Reed", True)]


def test_who_may_book_anyway_is_offered_those_away_as_well_and_told(appointment, anna, office):
    lea = make_resource(office, name="Lea")
    away(lea)
    client = signed_in(make_administrator())
    assert offered(client, appointment) == ["Lea (absent)"]
    client.post(url(appointment), {"former": anna.pk, "resource": lea.pk})
    assert hosts(appointment) == [("Lea", True)]


def test_an_assistant_gives_it_only_to_whom_they_may_act_for(appointment, anna, tom, office):
    lea = make_resource(office, name="Lea")
    user = make_assistant(anna, lea)
    user.assistant_grants.create(service_resource=tom, can_change_appointments=False)
    client = signed_in(user)
    assert offered(client, appointment) == ["Lea"]
    response = client.post(url(appointment), {"former": anna.pk, "resource": tom.pk})
    assert response.status_code == 200
    assert hosts(appointment) == [("Anna Berger", True)]


def test_nor_takes_an_assistant_the_part_of_somebody_elses_host(appointment, anna, tom, office):
    lea = make_resource(office, name="Lea")
    span = {"blocked_start": START, "blocked_end": appointment.end}
    Assignment.objects.create(
        appointment=appointment, service_resource=tom, is_primary=False, **span
    )
    client = signed_in(make_assistant(anna, lea))
    client.post(url(appointment), {"former": tom.pk, "resource": lea.pk})
    assert hosts(appointment) == [("Anna Berger", True), ("Tom Reed", False)]


def test_who_is_booked_meanwhile_is_no_longer_taken(appointment, anna, tom, monkeypatch):
    client = signed_in(make_administrator())
    monkeypatch.setattr(
        "appointments.admin.reassigning.obstacles", lambda *args: [frozenset()] * len(args[1])
    )
    make_appointment(tom, START)
    response = client.post(url(appointment), {"former": anna.pk, "resource": tom.pk})
    assert "Somebody else has booked this time by now." in text(response)
    assert f'value="{tom.pk}" selected' in text(response)


def test_strangers_give_nothing_away(appointment, anna, tom):
    for user, refused in (
        (own_user(tom), 404),
        (make_assistant(anna, can_change_appointments=False), 403),
    ):
        client = signed_in(user)
        assert client.get(url(appointment)).status_code == refused
        data = {"former": anna.pk, "resource": tom.pk}
        assert client.post(url(appointment), data).status_code == refused
    assert hosts(appointment) == [("Anna Berger", True)]


def test_what_is_over_leads_back_with_a_word(appointment, anna, time_machine):
    time_machine.move_to(appointment.end, tick=False)
    response = signed_in(own_user(anna)).get(url(appointment), follow=True)
    assert "can’t be given away any more" in text(response)


def test_a_host_who_was_deleted_since_is_told_nothing(appointment, anna, tom):
    give(appointment, anna, tom)
    anna.delete()
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    assert OutboxMessage.objects.get(kind="resource_released").result == "dropped"
    assert {letter.to[0] for letter in mail.outbox} == {"gerda@example.com", "tom@example.com"}


def test_a8_whom_the_client_prefers_comes_first_and_whom_they_exclude_is_marked(
    appointment, anna, tom, office
):
    uwe, ida = (make_resource(office, name=name) for name in ("Uwe Voss", "Ida Lang"))
    away(ida)
    appointment.client = make_client()
    appointment.save(update_fields=["client"])
    for resource, kind in ((tom, "excluded"), (uwe, "preferred"), (ida, "preferred")):
        make_preference(appointment.client, resource, kind)
    assert offered(signed_in(make_administrator()), appointment) == [
        "Uwe Voss (preferred)",
        "Tom Reed (excluded by the client)",
        "Ida Lang (preferred, absent)",
    ]
