"""A mail scanner asks for every link of each mail that a list causes, and changes nothing (L2)."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage
from django.test import Client as Browser

from appointments.models import MessageKind, OutboxMessage
from invitations.models import InvitationEvent, Letter, RecipientMark
from invitations.prospects import sending
from invitations.prospects.dry_lists import DRY
from tests.factories import at
from tests.invitations.prospects.lists import book, deliver_all, make_list, make_recipients
from tests.invitations.test_client_isolation import everything

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SITE = "http://testserver"
A_LINK = re.compile(rf"{SITE}(/[^\s\"'<>)]*)")


def links(mail: EmailMessage) -> set[str]:
    """The addresses on our site in a mail as it is sent: its head, its parts and its files."""
    message = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    # Calendar files break their lines, and escape commas.
    words = [str(message["List-Unsubscribe"]), *(part.replace("\r\n ", "") for part in parts)]
    found = {link for text in words for link in A_LINK.findall(text)}
    return {link.replace("&amp;", "&").rstrip(".,") for link in found}


def owe(kind: str, about: int) -> None:
    OutboxMessage.objects.create(kind=kind, object_id=about, not_before=at("2026-11-20 12:00"))


def every_mail(mailoutbox: list[EmailMessage]) -> list[EmailMessage]:
    """The letter and its reminder, what a booking by it causes, and the notice to the owner."""
    prospect_list = make_list(nudges=1)
    _slow, quick, unsure = make_recipients(prospect_list)
    sending.send(prospect_list.pk, now=at("2026-11-20 12:00"))
    OutboxMessage.objects.update(not_before=at("2026-11-20 12:00"))
    deliver_all()
    booked = book(quick, at("2026-11-24 10:00"), reminders="60")
    lapses = {"status": "pending", "confirm_until": at("2026-11-21 12:00")}
    unconfirmed = book(unsure, at("2026-11-24 12:00"), **lapses)
    for kind in MessageKind:
        about = unconfirmed if kind == MessageKind.GUEST_CONFIRM else booked
        if kind != MessageKind.RESOURCE_RELEASED:
            owe(kind, about.pk if kind.is_to_guest else about.assignments.get().pk)
    owe(DRY, prospect_list.pk)
    type(prospect_list.invitation).objects.update(from_date="2026-11-29", until_date="2026-11-29")
    deliver_all()
    return mailoutbox


def test_l2_a_mail_scanner_changes_nothing_but_what_it_fetched(friday, mailoutbox):
    mails = every_mail(mailoutbox)
    kinds = OutboxMessage.objects.filter(result="sent").values_list("kind", flat=True)
    assert {Letter.FIRST, Letter.NUDGE, DRY, "guest_booked", "guest_confirm"} <= set(kinds)
    addresses = {link for mail in mails for link in links(mail)}
    roots = {address.split("/")[1] for address in addresses}
    assert roots >= {"invite", "unsubscribe", "appointment", "admin"}

    before = everything()
    for address in sorted(addresses):
        for method in ("head", "get"):
            answer = getattr(Browser(), method)(address)
            assert answer.status_code in {200, 302}, address
            assert not answer.cookies, address
    after = everything()

    marks = str(RecipientMark._meta)
    assert after.pop(marks) != before.pop(marks) == []
    assert after == before
    assert set(RecipientMark.objects.values_list("kind", flat=True)) == {"fetched"}
    assert not InvitationEvent.objects.exclude(kind="sent").exists()
