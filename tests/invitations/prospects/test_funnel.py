"""One way to count: page, filters, lists and files say what the raw rows say."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse

from appointments.models import GRACE, AppointmentEvent, OutboxMessage, Status
from invitations.models import InvitationBooking, Letter, ProspectList, RecipientMark, State
from invitations.prospects.funnel import Reached, funnel, funnels, sum_of
from tests.factories import at
from tests.invitations.pages import text
from tests.invitations.prospects.histories import add_people, live
from tests.invitations.prospects.lists import make_list, make_recipient, make_recipients
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-12-01 12:00")


@pytest.fixture(autouse=True)
def _in_december():
    with time_machine.travel(NOW, tick=False):
        yield


def make_past(seed: int, number: int = 150) -> ProspectList:
    prospect_list = make_list()
    live(prospect_list, add_people(prospect_list, number), seed)
    return prospect_list


def befell(recipient) -> dict[str, bool]:
    """What happened to one recipient, told from rows read one by one, without any query set."""
    results = [
        row.result
        for row in OutboxMessage.objects.all()
        if row.kind == Letter.FIRST and row.object_id == recipient.pk
    ]
    marks = {row.kind for row in RecipientMark.objects.all() if row.recipient_id == recipient.pk}
    booked = [
        row.appointment
        for row in InvitationBooking.objects.select_related("appointment")
        if row.key_id == recipient.key_id
    ]
    confirmed = [
        each for each in booked if each.confirm_until is None or each.confirm_until > NOW - GRACE
    ]
    keys = {appointment.pk for appointment in confirmed}
    events = {row.kind for row in AppointmentEvent.objects.all() if row.appointment_id in keys}
    gone = {Status.CANCELLED, Status.NO_SHOW}
    return {
        "queued": bool({"", "sent", "parked"} & set(results)),
        "waiting": "" in results,
        "sent": "sent" in results,
        "refused": "parked" in results,
        "fetched": "fetched" in marks,
        "opened": "opened" in marks,
        "withdrawn": "withdrawn" in marks,
        "booked_once": bool(confirmed),
        "stands": any(each.status not in gone for each in confirmed),
        "missed": any(each.status == Status.NO_SHOW for each in booked),
        "moved": "moved" in events,
        "cancelled": "cancelled" in events,
    }


def state_told(told: dict[str, bool]) -> State:
    """The furthest that happened."""
    order = {
        State.WITHDRAWN: told["withdrawn"],
        State.BOOKED: told["stands"],
        State.NO_SHOW: told["missed"],
        State.CANCELLED: told["cancelled"],
        State.OPENED: told["opened"],
        State.FETCHED: told["fetched"],
        State.SENT: told["sent"],
        State.REFUSED: told["refused"],
        State.QUEUED: told["queued"],
    }
    return next((state for state, happened in order.items() if happened), State.LISTED)


def counted(prospect_list: ProspectList) -> dict[Reached, int]:
    """What the funnel has to say, by plain counting."""
    told = [befell(recipient) for recipient in prospect_list.recipients.all()]
    states = [state_told(each) for each in told]
    return {
        Reached.LISTED: len(told),
        Reached.QUEUED: sum(each["queued"] for each in told),
        Reached.SENT: sum(each["sent"] for each in told),
        Reached.OPENED: sum(each["opened"] or each["booked_once"] for each in told),
        Reached.BOOKED: sum(each["stands"] for each in told),
        Reached.REFUSED: states.count(State.REFUSED),
        Reached.MOVED: sum(each["moved"] for each in told),
        Reached.CANCELLED: states.count(State.CANCELLED),
        Reached.NO_SHOW: states.count(State.NO_SHOW),
        Reached.WITHDRAWN: sum(each["withdrawn"] for each in told),
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_funnel_counts_what_the_rows_say(seed):
    prospect_list = make_past(seed)
    expected = counted(prospect_list)
    assert min(expected.values()) > 0  # chance has left nothing out
    found = funnel(prospect_list.recipients.with_history(NOW - GRACE))
    assert found.counts == expected
    assert funnels([prospect_list], NOW)[prospect_list.pk] == found


def test_page_filters_and_file_say_the_same():
    prospect_list = make_past(seed=7)
    expected = counted(prospect_list)
    client = signed_in(make_administrator())
    page = reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])
    assert client.get(page).context["head"].funnel.counts == expected
    for step, count in expected.items():
        query = {} if step == Reached.LISTED else {"reached": step.value}
        assert client.get(page, query).context["cl"].result_count == count, step

    told = {each.email: state_told(befell(each)) for each in prospect_list.recipients.all()}
    for state in State:
        shown = client.get(page, {"state": state.value}).context["cl"].queryset
        assert {each.email for each in shown} == {who for who in told if told[who] == state}

    address = reverse("admin:invitations_prospectlist_export", args=[prospect_list.pk, "csv"])
    file = client.get(address).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert {row["E-mail address"]: row["State"] for row in rows} == {
        email: str(state.label) for email, state in told.items()
    }
    assert sum(bool(row["Sent"]) for row in rows) == expected[Reached.SENT]
    assert sum(bool(row["Moved"]) for row in rows) == expected[Reached.MOVED]


def test_not_booked_leaves_out_who_has_an_appointment_that_stands():
    prospect_list = make_past(seed=11)
    told = [befell(recipient) for recipient in prospect_list.recipients.all()]
    client = signed_in(make_administrator())
    page = reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])
    sent = client.get(page, {"reached": "sent_not_booked"}).context["cl"].result_count
    assert sent == sum(each["sent"] and not each["stands"] for each in told)
    opened = client.get(page, {"reached": "opened_not_booked"}).context["cl"].result_count
    assert opened == sum(
        (each["opened"] or each["booked_once"]) and not each["stands"] for each in told
    )


def test_the_list_of_lists_counts_each_and_all_together():
    lists = [make_past(seed=1, number=30), make_past(seed=2, number=30), make_list()]
    shown = signed_in(make_administrator()).get(
        reverse("admin:invitations_prospectlist_changelist")
    )
    rows = {each.pk: each.funnel.counts for each in shown.context["cl"].result_list}
    expected = [counted(each) for each in lists]
    assert rows == {each.pk: counts for each, counts in zip(lists, expected, strict=True)}
    totals = shown.context["cl"].totals.counts
    assert totals == {step: sum(each[step] for each in expected) for step in Reached}


def test_several_as_one_of_none_is_nothing():
    assert set(sum_of([]).counts.values()) == {0}


def test_percents_are_of_the_whole_list():
    prospect_list = make_list()
    first, *_others = make_recipients(prospect_list, 3)
    RecipientMark.objects.create(recipient=first, kind=RecipientMark.Kind.OPENED)
    shares = funnel(prospect_list.recipients.with_history(NOW)).steps
    assert [(each.step.value, each.count, each.percent) for each in shares] == [
        ("listed", 3, 100),
        ("queued", 0, 0),
        ("sent", 0, 0),
        ("opened", 1, 33),
        ("booked", 0, 0),
    ]


def test_letters_in_line_are_counted_with_the_time_of_the_last():
    prospect_list = make_list()
    for number in range(3):
        recipient = make_recipient(prospect_list, f"someone{number}@example.com")
        due = NOW + dt.timedelta(minutes=number)
        OutboxMessage.objects.create(kind=Letter.FIRST, object_id=recipient.pk, not_before=due)
    found = funnel(prospect_list.recipients.with_history(NOW))
    assert (found.waiting, found.until) == (3, NOW + dt.timedelta(minutes=2))


def test_an_empty_list_says_so_without_pictures():
    page = reverse("admin:invitations_prospectlist_recipients", args=[make_list().pk])
    shown = text(signed_in(make_administrator()).get(page))
    assert "Nothing has gone out yet." in shown
    assert "Press “Add recipients”" in shown
