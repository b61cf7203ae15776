"""The guest's form of a visit: what it was about, and whom it says that books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from appointments.booking import Guest
from appointments.forms import GuestForm
from appointments.models.addresses import folded
from appointments.signed_in import Visitor
from appointments.terms import Terms
from invitations.models import InvitationKey
from invitations.visit import Visit

OFFER = "offer"
"""What a form says that it was about, beside the time."""


def is_as_read(sent: Mapping[str, str], terms: Terms) -> bool:
    """Whether what a form was about is still what is offered; one that says nothing is believed."""
    return sent.get(OFFER, terms.offer) == terms.offer


def form_of(visit: Visit, **kwargs: Any) -> GuestForm:
    return GuestForm(
        scope=scope_of(visit.key, visit.visitor),
        appointment_type=visit.terms.appointment_type,
        asked=visit.key.invitation.asked,
        known=visit.person,
        is_locked=bool(visit.key.locks_contact),
        **kwargs,
    )


def scope_of(key: InvitationKey, visitor: Visitor) -> str:
    """What a form is good for: its link, the questions it asked, and who is signed in.

    Were the questions changed meanwhile, answers would be kept under some that nobody read. And
    whoever signs in or out in between books as another than the form said.
    """
    return f"{key.key}{key.invitation.questions}{visitor.session}"


def guest_of(form: GuestForm, visit: Visit) -> Guest:
    recipient = visit.key.of_recipient
    return Guest(
        **{name: form.contact(name) for name in form.contact_fields},
        subject=form.written("subject"),
        description=form.written("description"),
        language=get_language() or "en",
        time_zone=visit.guest_zone,
        client=visit.client,
        answers=form.answers,
        is_proved=_is_proved(form.contact("email"), visit),
        personal_email=recipient.email if recipient and visit.client is None else "",
        locks_contact=bool(visit.key.locks_contact),
    )


def _is_proved(email: str, visit: Visit) -> bool:
    """Whether it is the address that who is signed in has proved to read."""
    client = visit.visitor.client
    return client is not None and folded(client.email) == folded(email)
