"""The page of a list and what can be done there: who may, what it asks, what it says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appointments.models import OutboxMessage
from invitations.models import (
    CustomerWebsite,
    DoNotContact,
    InvitationKey,
    Letter,
    ProspectList,
    Recipient,
    RecipientMark,
)
from invitations.prospects import sending
from tests.factories import at, make_client, make_hours, make_resource, make_territory
from tests.invitations.pages import text
from tests.invitations.prospects.histories import add_people, live
from tests.invitations.prospects.lists import (
    book,
    deliver_all,
    letters,
    make_list,
    make_recipient,
    make_recipients,
)
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PAGES = ("recipients", "check", "change", "progress")


def address(name: str, prospect_list: ProspectList, *more: object) -> str:
    return reverse(f"admin:invitations_prospectlist_{name}", args=[prospect_list.pk, *more])


def list_of(**fields) -> ProspectList:
    territory = make_territory()
    host = make_resource(territory, name="Anna Berger")
    return make_list(host, invitation={"territory": territory, "owner": host}, **fields)


def assistant_of(prospect_list: ProspectList, **grant):
    return make_assistant(prospect_list.invitation.owner, **grant)


def act(client, prospect_list, name: str, *recipients, **more: str):
    sent = {"action": name, "_selected_action": [each.pk for each in recipients], **more}
    return text(client.post(address("recipients", prospect_list), sent, follow=True))


# Queries


def queries_of(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("query", ["", "?reached=opened_not_booked", "?state=sent", "?q=a&o=-4"])
def test_the_page_takes_twelve_queries_for_a_hundred_and_for_ten_thousand(query):
    prospect_list = list_of()
    live(prospect_list, add_people(prospect_list, 100), seed=5)
    client = signed_in(assistant_of(prospect_list))
    page = address("recipients", prospect_list) + query
    hundred = queries_of(client, page)
    assert hundred <= 12
    add_more(prospect_list, 9_900)
    assert queries_of(client, page) == hundred


def add_more(prospect_list: ProspectList, number: int) -> None:
    """Recipients who got their letter and opened it, in few statements."""
    keys = InvitationKey.objects.bulk_create(
        InvitationKey(invitation=prospect_list.invitation) for _ in range(number)
    )
    recipients = Recipient.objects.bulk_create(
        Recipient(
            prospect_list=prospect_list,
            key=key,
            first_name="Anna",
            last_name="Adler",
            email=f"more{n}@example.com",
        )
        for n, key in enumerate(keys)
    )
    now = timezone.now()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            kind=Letter.FIRST, object_id=each.pk, not_before=now, result="sent", finished_at=now
        )
        for each in recipients
    )
    RecipientMark.objects.bulk_create(
        RecipientMark(recipient=each, kind=RecipientMark.Kind.OPENED) for each in recipients
    )


# Who may


def test_a_host_and_whoever_may_generate_for_them_see_and_send_a_list():
    prospect_list = list_of()
    make_recipients(prospect_list, 2)
    for user in (
        make_administrator(),
        own_user(prospect_list.invitation.owner),
        assistant_of(prospect_list),
    ):
        client = signed_in(user)
        for name in PAGES:
            assert client.get(address(name, prospect_list)).status_code == 200, name


def test_whoever_may_only_see_invitations_sees_figures_and_no_people():
    prospect_list = list_of()
    recipient = make_recipient(prospect_list)
    client = signed_in(assistant_of(prospect_list, can_generate_invitations=False))
    shown = client.get(reverse("admin:invitations_prospectlist_changelist"))
    assert [each.funnel.counts["listed"] for each in shown.context["cl"].result_list] == [1]
    settings = client.get(address("change", prospect_list))
    assert settings.status_code == 200
    assert "petra@example.com" not in text(settings)
    for name in ("recipients", "check", "progress"):
        assert client.get(address(name, prospect_list)).status_code == 404, name
    letter = address("letter", prospect_list, recipient.pk)
    assert client.get(letter).status_code == 404
    assert client.get(address("export", prospect_list, "csv")).status_code == 404
    for name in ("send", "pause", "resume"):
        assert client.post(address(name, prospect_list)).status_code == 404, name
    page = reverse("admin:invitations_recipient_change", args=[recipient.pk])
    assert client.get(page).status_code == 404
    assert OutboxMessage.objects.count() == 0


def test_the_page_of_one_list_shows_no_recipient_of_another():
    first, second = list_of(), list_of()
    make_recipient(first, "one@example.com")
    other = make_recipient(second, "two@example.com")
    client = signed_in(make_administrator())
    assert "two@example.com" not in text(client.get(address("recipients", first)))
    act(client, first, "withdraw", other, apply="1")
    assert RecipientMark.objects.count() == 0
    assert client.get(address("letter", first, other.pk)).status_code == 404


def test_appointments_are_shown_only_to_whoever_may_see_them():
    prospect_list = list_of()
    appointment = book(make_recipient(prospect_list), at("2030-01-07 10:00"))
    page = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    seeing = signed_in(assistant_of(prospect_list))
    assert page in text(seeing.get(address("recipients", prospect_list)))
    blind = signed_in(assistant_of(prospect_list, can_see_appointments=False))
    shown = text(blind.get(address("recipients", prospect_list)))
    assert page not in shown
    assert '<span class="state state-good">Booked</span>' in shown


def test_the_appointment_that_stands_is_shown_before_later_ones_that_were_cancelled():
    prospect_list = list_of()
    recipient = make_recipient(prospect_list)
    stands = book(recipient, at("2030-01-07 10:00"))
    book(recipient, at("2030-01-08 10:00"), status="cancelled")
    shown = signed_in(make_administrator()).get(address("recipients", prospect_list))
    (row,) = shown.context["cl"].result_list
    assert row.appointment.key == stands.pk


# Checking and sending


def test_what_is_too_few_is_said_before_anything_goes_out(friday):
    monday = dt.date(2026, 11, 23)
    territory = make_territory(make_hours(times=((dt.time(9), dt.time(10)),)))
    host = make_resource(territory)
    days = {"from_date": monday, "until_date": monday + dt.timedelta(days=1)}
    prospect_list = make_list(host, invitation={"territory": territory, "owner": host, **days})
    make_recipients(prospect_list, 7)
    shown = signed_in(make_administrator()).get(address("check", prospect_list))
    preflight = shown.context["preflight"]
    assert (preflight.to_write, preflight.room.count, preflight.missing) == (7, 4, 3)
    assert "3 too few" in text(shown)
    assert "Send 7 letters" in text(shown)


def test_who_is_not_to_be_contacted_withdrawn_or_written_to_is_not_counted():
    prospect_list = list_of()
    unwanted, withdrawn, written, _new = make_recipients(prospect_list, 4)
    DoNotContact.objects.create(email=unwanted.email.upper())
    RecipientMark.objects.create(recipient=withdrawn, kind=RecipientMark.Kind.WITHDRAWN)
    OutboxMessage.objects.create(
        kind=Letter.FIRST, object_id=written.pk, not_before=timezone.now(), result="sent"
    )
    preflight = (
        signed_in(make_administrator()).get(address("check", prospect_list)).context["preflight"]
    )
    assert (preflight.to_write, preflight.to_book) == (1, 2)


@pytest.mark.parametrize(
    ("fields", "invitation", "words"),
    [
        ({"message": ""}, {}, "the usual ones go out"),
        ({"paused_at": at("2026-11-20 10:00")}, {}, "Sending is paused"),
        ({}, {"expiry_date": dt.date(2026, 11, 21)}, "The links work until 21 November 2026 only"),
        ({}, {"max_bookings": 2}, "is used up after 2 more bookings"),
        ({}, {"audience": "clients"}, "Only clients who sign in"),
    ],
)
def test_what_might_surprise_is_said(friday, fields, invitation, words):
    prospect_list = make_list(invitation=invitation, **fields)
    make_recipients(prospect_list, 1)
    shown = signed_in(make_administrator()).get(address("check", prospect_list))
    assert [each for each in shown.context["preflight"].warnings if words in each] != []


def test_nothing_surprising_is_no_warning(friday):
    shown = signed_in(make_administrator()).get(address("check", make_list()))
    assert shown.context["preflight"].warnings == []


def test_a_website_that_is_off_is_said(friday):
    website = CustomerWebsite.objects.create(
        name="Bank", page_url="https://www.bank.test/book", is_active=False
    )
    shown = signed_in(make_administrator()).get(
        address("check", make_list(invitation={"website": website}))
    )
    assert "Bank is switched off" in text(shown)


def test_of_a_closed_link_nothing_can_be_sent():
    prospect_list = make_list(invitation={"is_active": False})
    make_recipients(prospect_list, 1)
    client = signed_in(make_administrator())
    shown = text(client.get(address("check", prospect_list)))
    assert "The link is closed (Switched off)" in shown
    assert "Send 1 letter" not in shown
    answer = client.post(address("send", prospect_list), follow=True)
    assert "nothing was sent" in text(answer)
    assert OutboxMessage.objects.count() == 0


def test_pressing_send_twice_writes_to_nobody_twice():
    prospect_list = list_of()
    recipients = make_recipients(prospect_list, 3)
    user = assistant_of(prospect_list)
    client = signed_in(user)
    assert "3 letters are in line." in text(
        client.post(address("send", prospect_list), follow=True)
    )
    client.post(address("send", prospect_list))
    assert len(letters(*recipients)) == 3
    event = prospect_list.invitation.events.get(kind="sent")
    assert (event.actor, event.on_behalf_of) == (user, prospect_list.invitation.owner)


def test_looking_changes_nothing_and_sends_nothing():
    prospect_list = list_of()
    make_recipients(prospect_list, 3)
    client = signed_in(assistant_of(prospect_list))
    for name in ("send", "pause", "resume"):
        assert client.get(address(name, prospect_list)).status_code == 405
    for name in PAGES:
        client.get(address(name, prospect_list))
    assert (OutboxMessage.objects.count(), RecipientMark.objects.count()) == (0, 0)


def test_pausing_holds_back_and_resuming_lets_go():
    prospect_list = list_of()
    recipients = make_recipients(prospect_list, 3)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    assert "Being sent" in text(client.get(address("progress", prospect_list)))
    assert "Sending is paused." in text(client.post(address("pause", prospect_list), follow=True))
    assert {letter.is_held for letter in letters(*recipients)} == {True}
    shown = text(client.get(address("progress", prospect_list)))
    assert 'data-running="false"' in shown
    assert "3 letters wait" in shown
    assert "Sending goes on." in text(client.post(address("resume", prospect_list), follow=True))
    assert {letter.is_held for letter in letters(*recipients)} == {False}


def test_progress_ends_when_the_last_letter_is_out():
    prospect_list = list_of(per_minute=6000)
    make_recipients(prospect_list, 2)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    assert 'data-running="true"' in text(client.get(address("progress", prospect_list)))
    OutboxMessage.objects.update(not_before=timezone.now())
    assert deliver_all() == 2
    assert 'data-running="false"' in text(client.get(address("progress", prospect_list)))


def test_l7_a_letter_is_looked_at_in_a_sandbox():
    prospect_list = list_of(message="Dear {first_name}")
    recipient = make_recipient(prospect_list, first_name="<b>Petra</b>")
    client = signed_in(assistant_of(prospect_list))
    response = client.get(address("letter", prospect_list, recipient.pk))
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "&lt;b&gt;Petra&lt;/b&gt;" in text(response)


def test_three_letters_are_shown_of_many_and_one_of_one():
    prospect_list = list_of()
    client = signed_in(assistant_of(prospect_list))
    assert client.get(address("check", prospect_list)).context["examples"] == []
    make_recipient(prospect_list)
    assert len(client.get(address("check", prospect_list)).context["examples"]) == 1
    make_recipients(prospect_list, 9)
    assert len(client.get(address("check", prospect_list)).context["examples"]) == 3


# The letter and the settings


def test_saving_the_letter_leads_back_to_the_list():
    prospect_list = list_of()
    client = signed_in(assistant_of(prospect_list))
    response = client.post(address("change", prospect_list), settings_of(prospect_list))
    assert response.url == address("recipients", prospect_list)
    prospect_list.refresh_from_db()
    assert (prospect_list.subject, prospect_list.per_minute) == ("Hello {first_name}", 30)


def test_another_pace_counts_for_letters_that_wait():
    prospect_list = list_of(per_minute=60)
    recipients = make_recipients(prospect_list, 3)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    client.post(address("change", prospect_list), settings_of(prospect_list))
    first, second, third = (letter.not_before for letter in letters(*recipients))
    assert (second - first, third - second) == (dt.timedelta(seconds=2),) * 2


def settings_of(prospect_list: ProspectList) -> dict[str, object]:
    return {
        "name": prospect_list.name,
        "subject": "Hello {first_name}",
        "message": "See you",
        "per_minute": 30,
        "nudges": 0,
        "nudge_days": 7,
    }


# The recipients


def test_the_letter_is_sent_again_to_whom_is_chosen():
    prospect_list = list_of()
    first, second = make_recipients(prospect_list, 2)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    OutboxMessage.objects.update(result="sent", finished_at=timezone.now() - sending.JUST_SENT)
    assert "1 letter is in line again." in act(client, prospect_list, "write_again", first)
    assert (len(letters(first)), len(letters(second))) == (2, 1)


def test_chosen_links_are_withdrawn_once():
    prospect_list = list_of()
    first, _other = make_recipients(prospect_list, 2)
    user = assistant_of(prospect_list)
    client = signed_in(user)
    asked = act(client, prospect_list, "withdraw", first)
    assert "The link of 1 person closes for good" in asked
    assert RecipientMark.objects.count() == 0
    assert "1 link was withdrawn." in act(client, prospect_list, "withdraw", first, apply="1")
    assert "Nothing changed." in act(client, prospect_list, "withdraw", first, apply="1")
    mark = RecipientMark.objects.get()
    assert (mark.recipient, mark.actor) == (first, user)
    assert mark.on_behalf_of == prospect_list.invitation.owner


def test_all_that_a_filter_leaves_are_withdrawn_together():
    prospect_list = list_of()
    add_more(prospect_list, 120)
    kept = make_recipient(prospect_list)
    client = signed_in(assistant_of(prospect_list))
    page = address("recipients", prospect_list) + "?reached=opened"
    first = str(prospect_list.recipients.earliest("pk").pk)
    sent = {"action": "withdraw", "select_across": "1", "_selected_action": [first]}
    asked = text(client.post(page, sent))
    assert "The links of 120 people close for good" in asked
    assert "and 110 more" in asked
    client.post(page, {**sent, "apply": "1"})
    withdrawn = RecipientMark.objects.filter(kind=RecipientMark.Kind.WITHDRAWN)
    assert withdrawn.count() == 120
    assert not withdrawn.filter(recipient=kept).exists()


def test_the_links_of_a_list_are_extended_together(friday):
    territory = make_territory()
    host = make_resource(territory)
    days = {"until_date": dt.date(2026, 11, 30)}
    prospect_list = make_list(host, invitation={"territory": territory, "owner": host, **days})
    client = signed_in(assistant_of(prospect_list))
    page = address("extend", prospect_list)
    assert page in text(client.get(address("recipients", prospect_list)))
    assert "id_until" in text(client.get(page))
    answer = client.post(page, {"until": "2026-12-24"}, follow=True)
    assert "The links work until 24 December 2026." in text(answer)
    assert "is over already" in text(client.post(page, {"until": "2026-11-01"}))
    prospect_list.invitation.refresh_from_db()
    assert prospect_list.invitation.until_date == dt.date(2026, 12, 24)


def test_only_whoever_may_change_invitations_extends_links():
    prospect_list = list_of()
    client = signed_in(assistant_of(prospect_list, can_change_invitations=False))
    assert client.get(address("extend", prospect_list)).status_code == 404
    assert client.post(address("extend", prospect_list)).status_code == 404
    assert client.get(address("recipients", prospect_list)).status_code == 200


def test_only_who_was_never_written_to_is_taken_off_the_list():
    prospect_list = list_of()
    first, second = make_recipients(prospect_list, 2)
    OutboxMessage.objects.create(
        kind=Letter.FIRST, object_id=first.pk, not_before=timezone.now(), result="sent"
    )
    client = signed_in(assistant_of(prospect_list))
    assert "1 is off the list." in act(client, prospect_list, "take_off", first, second)
    assert list(prospect_list.recipients.all()) == [first]


def test_an_address_is_corrected_but_not_that_of_a_client():
    prospect_list = list_of()
    prospect = make_recipient(prospect_list)
    chosen = make_recipient(prospect_list, "gerda@example.com", client=make_client())
    client = signed_in(assistant_of(prospect_list))
    sent = {"first_name": "Petra", "last_name": "Prospekt", "email": "right@example.com"}
    for recipient in (prospect, chosen):
        client.post(reverse("admin:invitations_recipient_change", args=[recipient.pk]), sent)
        recipient.refresh_from_db()
    assert (prospect.email, chosen.email) == ("right@example.com", "gerda@example.com")


def test_an_address_that_is_on_the_list_already_is_refused():
    prospect_list = list_of()
    first, second = make_recipients(prospect_list, 2)
    sent = {"first_name": "Petra", "last_name": "Prospekt", "email": second.email.upper()}
    page = reverse("admin:invitations_recipient_change", args=[first.pk])
    shown = text(signed_in(assistant_of(prospect_list)).post(page, sent))
    assert "This address is on the list already." in shown


def test_a_correction_keeps_names_on_one_line():
    prospect_list = list_of()
    recipient = make_recipient(prospect_list)
    sent = {
        "first_name": "Petra\r\nBcc: all@example.com",
        "last_name": "P",
        "email": "p@example.com",
    }
    page = reverse("admin:invitations_recipient_change", args=[recipient.pk])
    signed_in(assistant_of(prospect_list)).post(page, sent)
    recipient.refresh_from_db()
    assert recipient.first_name == "Petra Bcc: all@example.com"


def test_people_are_found_by_name_and_address_and_put_in_order():
    prospect_list = list_of()
    make_recipient(prospect_list, "zoe@example.com", last_name="Adler")
    make_recipient(prospect_list, "alex@example.com", last_name="Zander")
    client = signed_in(assistant_of(prospect_list))
    page = address("recipients", prospect_list)

    def found(query: str) -> list[str]:
        return [each.email for each in client.get(page + query).context["cl"].result_list]

    assert found("?q=zand") == found("?q=alex@") == ["alex@example.com"]
    assert found("?o=1") == ["zoe@example.com", "alex@example.com"]
    assert found("?o=-1") == ["alex@example.com", "zoe@example.com"]


def test_lists_stand_in_the_index_and_recipients_in_their_lists():
    prospect_list = list_of()
    for user in (make_administrator(), assistant_of(prospect_list)):
        shown = text(signed_in(user).get(reverse("admin:index")))
        assert reverse("admin:invitations_prospectlist_changelist") in shown
        assert reverse("admin:invitations_recipient_changelist") not in shown
