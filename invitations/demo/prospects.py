"""A list of prospects of Anna's, in the midst of its life."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from appointments import changes, outbox
from appointments.booking import Guest, SentForm
from appointments.changes import Author
from appointments.models import Appointment, new_key
from appointments.openings import question
from appointments.terms import Terms
from invitations import booking
from invitations.choices import terms_of
from invitations.demo.people import address_of
from invitations.generate import Criteria, generate
from invitations.models import InvitationKey, Recipient, RecipientQuerySet
from invitations.moving import terms_to_move
from invitations.prospects import adding, sending
from invitations.prospects.beginning import begin
from invitations.prospects.letters import letters_to
from invitations.prospects.marks import note_fetched, note_opened
from invitations.prospects.review import Prospect
from invitations.prospects.unsubscribing import unsubscribe
from scheduling.engine.bounds import bounds
from scheduling.engine.intervals import instant_of
from scheduling.engine.openings import openings
from scheduling.models import ServiceResource, Territory, WorkTypeGroup

FIRST_NAMES = ("Beat", "Chiara", "Hanna", "Jan", "Leonie", "Noah", "Regula", "Urs")
LAST_NAMES = ("Amstutz", "Bianchi", "Fischer", "Graf", "Huber")
NOT_WRITTEN_TO = 4
"""So many joined the list after it was sent."""


class Refusing(BaseEmailBackend):
    """A mail server that knows none of its recipients."""

    def send_messages(self, messages: Sequence[Any]) -> int:
        answer = (550, b"5.1.1 No such user here")
        raise smtplib.SMTPRecipientsRefused({mail.to[0]: answer for mail in messages})


def make_prospects(
    host: ServiceResource, assistant: User, topic: WorkTypeGroup, office: Territory, today: dt.date
) -> None:
    """Forty people: most were written to, some opened it, booked, moved, cancelled, said no."""
    now, author = timezone.now(), Author(assistant, host)
    key = generate(
        Criteria(hosts=(host,), topic=topic, territory=office), created_by=assistant, today=today
    )
    prospect_list = begin(key.invitation, assistant)
    terms = adding.Terms(author, sees_clients=True, includes_invited=False)
    people = [
        Prospect(first, last, address_of(first, last))
        for first in FIRST_NAMES
        for last in LAST_NAMES
    ]
    adding.add_prospects(prospect_list.pk, people[:-NOT_WRITTEN_TO], terms, now)
    sending.send(prospect_list.pk, author=author, now=now)
    recipients: RecipientQuerySet = prospect_list.recipients.all()
    _deliver(recipients)
    _answer(recipients, now)
    withdrawn = recipients.filter(pk__in=[recipients[33].pk])
    sending.withdraw(prospect_list.pk, withdrawn, author=author, now=now)
    adding.add_prospects(prospect_list.pk, people[-NOT_WRITTEN_TO:], terms, now)


def _deliver(recipients: RecipientQuerySet) -> None:
    """The first letters at once, two of them in vain; the worker sees to the last ones."""
    letters = list(letters_to(recipients).order_by("object_id"))
    with _quiet(logging.getLogger("outbox")):
        for number, letter in enumerate(letters[:30]):
            outbox.deliver(letter, Refusing() if number in (6, 17) else get_connection())


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """So that whoever loads the demo sees the log-ins, not a line for each letter."""
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


def _answer(recipients: RecipientQuerySet, now: dt.datetime) -> None:
    """What they did with their letters."""
    people = list(recipients.order_by("pk"))
    rows = InvitationKey.objects.with_marks().select_related("invitation", "recipient")
    keys = list(rows.filter(recipient__in=people).order_by("recipient__pk"))
    for key in keys[18:26]:
        note_fetched(key)
    for key in keys[:6] + keys[8:16]:
        note_opened(key)
    booked = [_book(key, person, now) for key, person in zip(keys[:6], people, strict=False)]
    start = _start(terms_to_move(booked[1]), now, 40)
    changes.move(booked[1].pk, terms_to_move(booked[1]), start, issued_at=now, now=now)
    changes.cancel(booked[0].pk, now=now)
    unsubscribe(people[20], now=now)


def _book(key: InvitationKey, person: Recipient, now: dt.datetime) -> Appointment:
    terms = cast(Terms, terms_of(key.invitation, {}))  # nothing is left to choose
    guest = Guest(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone="",
        subject="",
        description="",
        language="en",
        time_zone=terms.time_zone,
        personal_email=person.email,
    )
    return booking.book(key, terms, _start(terms, now, 7), guest, SentForm(new_key(), now), now)


def _start(terms: Terms, now: dt.datetime, number: int) -> dt.datetime:
    """One of the times that are open, counted from the next one."""
    asked = question(terms, now)
    return instant_of(openings(asked, *bounds(asked))[number])
