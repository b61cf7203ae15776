"""Lists whose page has run dry: their owner is told, once for each time that it happens."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from appointments.models import OutboxMessage
from invitations.models import RecipientMark
from invitations.prospects import dry_lists, sending
from scheduling.models import Absence
from tests.factories import at, make_resource, make_territory
from tests.invitations.prospects.lists import book, deliver_all, make_list, make_recipient

pytestmark = [pytest.mark.django_db, pytest.mark.database]

A_DAY = dt.timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(at("2026-11-20 12:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna():
    return make_resource(make_territory(), name="Anna Berger", email="anna@example.com")


@pytest.fixture
def sent(clock, anna, mailoutbox):
    """A list for the week after next, whose one letter is out."""
    territory = anna.memberships.get().territory
    days = {"from_date": dt.date(2026, 11, 30), "until_date": dt.date(2026, 12, 4)}
    fields = {"territory": territory, "owner": anna, **days}
    prospect_list = make_list(anna, invitation=fields, name="Autumn letters")
    make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=at("2026-11-20 12:00"))
    deliver_all()
    mailoutbox.clear()
    return prospect_list


def take_away(anna) -> Absence:
    """All the time there is."""
    times = {"start": at("2026-11-29 00:00"), "end": at("2026-12-06 00:00")}
    return Absence.objects.create(service_resource=anna, **times)


def checked(at_: dt.datetime) -> int:
    """How many messages a check owes."""
    before = OutboxMessage.objects.count()
    dry_lists.check(at_)
    return OutboxMessage.objects.count() - before


NOW = at("2026-11-20 12:00")


def test_while_times_are_free_nobody_is_told(sent):
    assert checked(NOW) == 0
    sent.refresh_from_db()
    assert (sent.checked_at, sent.dry_since) == (NOW, None)


def test_the_owner_is_told_when_nothing_is_free_any_more(sent, anna, mailoutbox):
    take_away(anna)
    assert checked(NOW) == 1
    deliver_all()
    [mail] = mailoutbox
    assert mail.to == ["anna@example.com"]
    assert mail.subject == "Nothing free any more: Autumn letters"
    assert "1 person has not booked yet." in mail.body
    assert f"/admin/invitations/prospectlist/{sent.pk}/recipients/" in mail.body
    sent.refresh_from_db()
    assert sent.dry_since == NOW


def test_once_a_day_is_asked_and_once_for_each_dry_spell_is_told(sent, anna):
    absence = take_away(anna)
    assert [checked(NOW), checked(NOW + A_DAY / 2), checked(NOW + A_DAY)] == [1, 0, 0]
    sent.refresh_from_db()
    assert (sent.checked_at, sent.dry_since) == (NOW + A_DAY, NOW)
    absence.delete()
    assert checked(NOW + 2 * A_DAY) == 0
    sent.refresh_from_db()
    assert sent.dry_since is None
    take_away(anna)
    assert [checked(NOW + 2.5 * A_DAY), checked(NOW + 3 * A_DAY)] == [0, 1]


def booked(prospect_list):
    book(prospect_list.recipients.get(), at("2026-12-24 10:00"))


def withdrawn(prospect_list):
    recipient = prospect_list.recipients.get()
    RecipientMark.objects.create(recipient=recipient, kind=RecipientMark.Kind.WITHDRAWN)


def switched_off(prospect_list):
    prospect_list.invitation.is_active = False
    prospect_list.invitation.save()


def never_sent(prospect_list):
    prospect_list.started_at = None
    prospect_list.save()


@pytest.mark.parametrize("reason", [booked, withdrawn, switched_off, never_sent])
def test_a_list_for_whom_nobody_waits_is_not_told_of(sent, anna, reason):
    take_away(anna)
    reason(sent)
    assert checked(NOW) == 0


def test_what_was_owed_is_dropped_where_something_is_free_again(sent, anna, mailoutbox):
    absence = take_away(anna)
    dry_lists.check(NOW)
    absence.delete()
    deliver_all()
    assert mailoutbox == []
    assert OutboxMessage.objects.latest("pk").result == OutboxMessage.Result.DROPPED


def test_of_two_workers_who_look_at_once_one_tells(sent, anna):
    take_away(anna)
    seen = type(sent).objects.get(pk=sent.pk)
    before = OutboxMessage.objects.count()
    for each in (seen, sent):
        dry_lists._note(each, NOW, is_dry=True)
    assert OutboxMessage.objects.count() == before + 1


def test_the_message_is_named_in_words_to_staff():
    assert str(OutboxMessage(kind=dry_lists.DRY).what) == "To the owner of a list with nothing free"
