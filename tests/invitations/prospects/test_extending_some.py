"""More time for the links of some recipients of a list, and for no others."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from appointments.models import Appointment, OutboxMessage
from invitations.generate import ImpossibleCriteriaError
from invitations.models import Invitation, InvitationEvent, ProspectList, Recipient
from invitations.prospects import extending, reminding, sending
from tests.factories import at, make_resource, make_territory
from tests.invitations.pages import open_form, text
from tests.invitations.prospects.list_pages import act, assistant_of, list_of
from tests.invitations.prospects.lists import deliver_all, letters, make_list, make_recipients
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LAST = dt.date(2026, 11, 30)
LATER = dt.date(2026, 12, 24)
AFTER = dt.datetime(2026, 12, 7, 8, tzinfo=dt.UTC)  # a Monday


def url_of(recipient: Recipient) -> str:
    return reverse("invitation", args=[recipient.key.key])


@pytest.fixture
def now(time_machine):
    """A Friday at noon in Berlin."""
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)
    return at("2026-11-20 12:00")


@pytest.fixture
def prospect_list(now) -> ProspectList:
    territory = make_territory()
    host = make_resource(territory)
    criteria = {"territory": territory, "until_date": LAST, "expiry_date": LAST, "owner": host}
    return make_list(host, message="Until {until}", invitation=criteria)


@pytest.fixture
def extended(prospect_list, now):
    """Two recipients of whom the first alone has more time."""
    first, second = make_recipients(prospect_list, 2)
    chosen = prospect_list.recipients.filter(pk=first.pk)
    assert extending.extend_some(prospect_list.pk, chosen, LATER, now=now) == 1
    assert extending.extend_some(prospect_list.pk, chosen, LATER, now=now) == 0
    return first, second


def test_only_the_chosen_links_open_and_book_after_the_last_day(
    client, extended, prospect_list, time_machine
):
    time_machine.move_to(AFTER, tick=False)
    first, second = extended
    assert client.get(url_of(second)).status_code == 410
    start = "2026-12-08T09:00:00Z"
    assert start in text(client.get(url_of(first)))
    form = open_form(client, url_of(first), start)
    assert client.post(f"{url_of(first)}book/", {**form, "start": start}).status_code == 303
    assert Appointment.objects.get().start == at("2026-12-08 10:00")
    assert Invitation.objects.get().until_date == LAST


def test_letters_say_each_their_own_last_day(extended, prospect_list, now):
    sending.send(prospect_list.pk, now=now)
    OutboxMessage.objects.update(not_before=now)
    deliver_all()
    words = {each.to[0]: each.body for each in mail.outbox}
    assert "24 December 2026" in words["prospect0@example.com"]
    assert "30 November 2026" in words["prospect1@example.com"]


def test_after_the_last_day_only_those_are_written_to(extended, prospect_list, time_machine):
    time_machine.move_to(AFTER, tick=False)
    first, second = extended
    everybody = prospect_list.recipients.all()
    assert sending.send(prospect_list.pk, now=AFTER) == 1
    assert (len(letters(first)), len(letters(second))) == (1, 0)
    deliver_all()
    OutboxMessage.objects.update(finished_at=AFTER - dt.timedelta(days=2))
    assert reminding.remind(prospect_list.pk, everybody, now=AFTER) == 1
    assert sending.resend(prospect_list.pk, everybody, now=AFTER) == 1
    beyond = AFTER + dt.timedelta(days=30)
    with pytest.raises(sending.LinkClosedError):
        sending.resend(prospect_list.pk, everybody, now=beyond)


def test_it_is_written_down(extended):
    assert InvitationEvent.objects.get().kind == InvitationEvent.Kind.LINKS_EXTENDED


@pytest.mark.parametrize("until", [LAST, dt.date(2026, 11, 1)])
def test_a_day_that_gives_no_more_time_is_refused(prospect_list, now, until):
    with pytest.raises(ImpossibleCriteriaError):
        extending.extend_some(prospect_list.pk, prospect_list.recipients.all(), until, now=now)


def test_staff_choose_them_and_the_day(now):
    prospect_list = list_of()
    Invitation.objects.update(until_date=LAST)
    first, second = make_recipients(prospect_list, 2)
    client = signed_in(assistant_of(prospect_list))
    asked = act(client, prospect_list, "extend", first)
    assert "The link of 1 person gets more time" in asked
    assert "Enter a valid date." in act(
        client, prospect_list, "extend", first, apply="1", until="soon"
    )
    assert "1 link was extended." in act(
        client, prospect_list, "extend", first, apply="1", until="2026-12-24"
    )
    refused = act(client, prospect_list, "extend", second, apply="1", until="2026-11-28")
    assert "until 30 November 2026 already" in refused
    assert 'value="2026-11-28"' in refused
    assert f'name="_selected_action" value="{second.pk}"' in refused
    first.key.refresh_from_db()
    second.key.refresh_from_db()
    assert (first.key.extended_until, second.key.extended_until) == (LATER, None)


def test_who_may_not_change_invitations_is_not_offered_it(now):
    prospect_list = list_of()
    Invitation.objects.update(until_date=LAST)
    [first] = make_recipients(prospect_list, 1)
    client = signed_in(assistant_of(prospect_list, can_change_invitations=False))
    page = reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])
    assert "Extend the link…" not in text(client.get(page))
    act(client, prospect_list, "extend", first, apply="1", until="2026-12-24")
    first.key.refresh_from_db()
    assert first.key.extended_until is None
