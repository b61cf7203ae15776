"""Letters to recipients: what they say, in whose name, and what no name can do to them (M1)."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings

from appointments.models import OutboxMessage
from invitations.keys import invitation_url
from invitations.models import DoNotContact, Invitation, Letter, RecipientMark
from invitations.prospects import letters, sending
from invitations.prospects.merge_fields import FIELDS, merged, merged_html
from tests.factories import at, make_invitation, make_resource, make_territory, make_topic
from tests.invitations.prospects.lists import book, deliver_all, make_list, make_recipient
from tests.invitations.prospects.lists import letters as owed

pytestmark = [pytest.mark.django_db, pytest.mark.database]

VALUES = {name: f"<{name}>" for name in FIELDS}


def parts(mail: EmailMultiAlternatives) -> tuple[str, str]:
    """The text and the HTML of a mail, as its reader's program takes it apart."""
    message = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    text, html = (message.get_body([kind]) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_each_field_is_replaced_wherever_it_stands():
    assert merged("{host}, {host} and {until}", VALUES) == "<host>, <host> and <until>"
    assert all(merged(f"{{{name}}}", VALUES) == f"<{name}>" for name in FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        "{{ first_name }}",
        "{0.__class__}",
        "{first_name.__class__}",
        "{first_name!r}",
        "{First_Name}",
        "{ first_name }",
        "%(first_name)s",
        "{% load i18n %}",
        "${first_name",
        r"\g<1>\1",
        "{}",
    ],
)
def test_whatever_else_stands_in_braces_is_printed_as_it_is(text):
    assert merged(text, VALUES) == text
    assert merged("{host}", {**VALUES, "host": text}) == text


def test_two_braces_are_one_field_in_braces():
    assert merged("{{host}}", VALUES) == "{<host>}"


def test_a_value_that_names_a_field_is_printed_as_it_is():
    values = {**VALUES, "first_name": "{last_name}", "last_name": "{first_name}"}
    assert merged("{first_name} {last_name}", values) == "{last_name} {first_name}"
    assert merged_html("{first_name}", values) == "<p>{last_name}</p>"


def test_paragraphs_are_kept_and_everything_is_escaped():
    values = {**VALUES, "host": "<script>alert(1)</script>"}
    assert merged_html("<b>One</b>\n{host}\n\nTwo", values) == (
        "<p>&lt;b&gt;One&lt;/b&gt;<br>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n\n<p>Two</p>"
    )


def test_a_letter_says_who_invites_to_what_until_when(friday):
    anna = make_resource(name="Anna Berger", email="anna@example.com")
    days = {"until_date": dt.date(2026, 12, 24), "expiry_date": dt.date(2026, 11, 30)}
    topic = make_topic(name="First meeting")
    prospect_list = make_list(
        anna,
        invitation={"topic": topic, "owner": anna, "territory": make_territory(), **days},
        subject="{topic} with {host}",
        message="Dear {first_name} {last_name},\n\n{topic} by {until}: {link}",
    )
    recipient = make_recipient(prospect_list, "petra@example.com")

    mail = letters.preview(recipient)

    link = invitation_url(recipient.key)
    text, html = parts(mail)
    assert mail.subject == "First meeting with Anna Berger"
    assert (mail.to, mail.cc, mail.bcc) == (["petra@example.com"], [], [])
    assert mail.reply_to == ["anna@example.com"]
    assert f"Dear Petra Prospekt,\n\nFirst meeting by 30 November 2026: {link}\n" in text
    assert "<p>Dear Petra Prospekt,</p>\n\n<p>First meeting by 30 November 2026: <a " in html
    assert html.count(f'href="{link}"') == 2
    assert recipient.key.key in link


def test_without_words_of_ones_own_the_usual_ones_are_sent():
    mail = letters.preview(make_recipient(make_list(subject="", message="")))
    assert mail.subject.startswith("An invitation from Anna Berger")
    assert parts(mail)[0].startswith("Dear Petra Prospekt,\n\nI would be glad to meet you.")


def test_nothing_in_the_mail_is_loaded_from_elsewhere():
    html = parts(letters.preview(make_recipient(make_list())))[1]
    assert [word for word in ("<img", "src=", "url(", "@import", "<link") if word in html] == []


@override_settings(PUBLIC_BASE_URL="https://book.example.com", LANGUAGE_CODE="de")
def test_l4_links_start_with_the_sites_address_and_the_letter_speaks_its_language():
    recipient = make_recipient(make_list(invitation={"until_date": dt.date(2026, 12, 24)}))
    text, html = parts(letters.preview(recipient))
    address = f"https://book.example.com/unsubscribe/{recipient.unsubscribe_key}/"
    assert address in text
    assert f'href="{address}"' in html
    assert '<html lang="de">' in html


CRUEL_NAMES = [
    "Eve\r\nBcc: everybody@example.com",
    "Eve\n\n.\r\nMAIL FROM:<x@example.com>",
    "Eve\x00\x0b\x0c\x85\u2028\u2029X",
    "<script>alert(1)</script>",
    "{last_name}",
    "{{ settings.SECRET_KEY }}",
    "{0.__class__.__init__.__globals__}",
    "%(x)s %s %d",
    "=?utf-8?q?Eve?=",
    "Ünsal 山田 🎉",
]


@pytest.mark.parametrize("name", CRUEL_NAMES)
def test_a_name_is_text_on_one_line_wherever_it_stands(name):
    prospect_list = make_list(subject="For {first_name}", message="A {first_name}\n\nB")
    # PostgreSQL stores no NUL; whoever writes rows by other ways may.
    recipient = make_recipient(prospect_list, first_name="Eve")
    recipient.first_name = name

    mail = letters.preview(recipient)

    shown = " ".join(name.replace("\x00", " ").split())
    message = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    assert mail.subject == f"For {shown}"
    assert message["Bcc"] is None
    assert message["To"] == "petra@example.com"
    assert len(message.get_all("Subject")) == 1
    text, html = parts(mail)
    assert text.startswith(f"A {shown}\n\nB\n")
    assert "<script" not in html
    assert "<p>B</p>" in html


def test_a_subject_of_several_lines_becomes_one():
    mail = letters.preview(make_recipient(make_list(subject="One\r\nBcc: two@example.com")))
    assert mail.message()["Subject"] == "One Bcc: two@example.com"


LONG = "https://booking.a-very-long-name-of-an-office-for-everything.example.com/appointments"


@pytest.mark.parametrize("site", ["https://example.com", LONG])
def test_mail_programs_are_told_how_to_unsubscribe_and_that_a_program_wrote(
    friday, mailoutbox, settings, site
):
    settings.PUBLIC_BASE_URL = site
    recipient = make_recipient(make_list())
    sending.send(recipient.prospect_list_id, now=friday)
    deliver_all()

    [mail], [owed_one] = mailoutbox, owed(recipient)
    message = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    url = message["List-Unsubscribe"].strip()
    assert url == f"<{site}/unsubscribe/{recipient.unsubscribe_key}/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].strip().startswith(f"<outbox.{owed_one.pk}.")


# What is dropped


def outcome(recipient, kind=Letter.FIRST) -> str:
    """What became of a letter that was due."""
    message = OutboxMessage.objects.create(
        kind=kind, object_id=recipient.pk, not_before=at("2026-11-20 12:00")
    )
    deliver_all()
    message.refresh_from_db()
    return message.result


SENT, DROPPED = OutboxMessage.Result.SENT, OutboxMessage.Result.DROPPED


@pytest.fixture
def recipient(friday, mailoutbox):
    return make_recipient(make_list(invitation={"until_date": dt.date(2026, 12, 24)}))


def withdrawn(recipient):
    RecipientMark.objects.create(recipient=recipient, kind=RecipientMark.Kind.WITHDRAWN)


def unsubscribed(recipient):
    DoNotContact.objects.create(email=recipient.email.upper())


def switched_off(recipient):
    Invitation.objects.update(is_active=False)


def expired(recipient):
    Invitation.objects.update(until_date="2026-11-19")


def used_up(recipient):
    Invitation.objects.update(max_bookings=1)
    other = make_recipient(recipient.prospect_list, "other@example.com")
    book(other, at("2026-11-24 10:00"))


def booked(recipient):
    book(recipient, at("2026-11-23 10:00"))


REASONS = [withdrawn, unsubscribed, switched_off, expired, used_up, booked]


@pytest.mark.parametrize("reason", REASONS)
def test_m1_a_letter_that_no_longer_applies_is_dropped(recipient, reason, mailoutbox):
    reason(recipient)
    assert outcome(recipient) == DROPPED
    assert mailoutbox == []


@pytest.mark.parametrize("reason", REASONS)
def test_m1_so_is_a_reminder(recipient, reason, mailoutbox):
    assert outcome(recipient) == SENT
    reason(recipient)
    assert outcome(recipient, Letter.NUDGE) == DROPPED
    assert len(mailoutbox) == 1


def test_a_letter_to_somebody_who_is_no_longer_on_the_list_is_dropped(recipient, mailoutbox):
    keep = recipient.pk
    recipient.delete()
    recipient.pk = keep
    assert outcome(recipient) == DROPPED


def test_who_got_the_letter_and_did_not_book_is_reminded(recipient, mailoutbox):
    assert outcome(recipient) == SENT
    assert outcome(recipient, Letter.NUDGE) == SENT
    first, second = mailoutbox
    assert second.subject == f"Reminder: {first.subject}"
    assert parts(second)[0].startswith("A few days ago we sent you this letter.")
    assert letters.unsubscribe_url(recipient) in second.body


def test_who_never_got_the_letter_is_not_reminded(recipient, mailoutbox):
    assert outcome(recipient, Letter.NUDGE) == DROPPED


def test_who_cancelled_is_not_reminded_but_may_be_written_to_anew(recipient, mailoutbox):
    assert outcome(recipient) == SENT
    book(recipient, at("2026-11-23 10:00"), status="cancelled")
    assert outcome(recipient, Letter.NUDGE) == DROPPED
    assert outcome(recipient) == SENT


def test_a_letter_takes_few_queries_however_long_the_list(recipient, django_assert_max_num_queries):
    for number in range(20):
        make_recipient(recipient.prospect_list, f"other{number}@example.com")
    message = OutboxMessage.objects.create(
        kind=Letter.FIRST, object_id=recipient.pk, not_before=at("2026-11-20 12:00")
    )
    with django_assert_max_num_queries(2):
        assert letters.to_recipient(message) is not None


def test_an_owner_gets_the_answers_else_the_first_host():
    territory = make_territory()
    anna, bert = make_resource(territory), make_resource(territory)
    key = make_invitation(anna, bert, territory=territory, owner=bert)
    assert letters.sender_of(key.invitation, (anna, bert)) == bert
    key.invitation.owner = None
    assert letters.sender_of(key.invitation, (anna, bert)) == anna
