"""What there is to know before the letters of a list go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import formats
from appointments.models import GRACE
from invitations.models import Audience, Closed, Invitation, ProspectList
from invitations.prospects.room import Room, room_of
from invitations.prospects.sending import waiting_to_be_sent
from invitations.states import WORDS

SOON = timedelta(days=3)
"""A link that ends within this time is warned of."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """``to_write`` is how many letters would go out, ``to_book`` who could still book then."""

    invitation: Invitation
    closed: Closed | None
    to_write: int
    to_book: int
    minutes: int
    room: Room
    warnings: list[str]

    @property
    def missing(self) -> int:
        return max(self.to_book - self.room.count, 0)

    @property
    def takes(self) -> str:
        """“about 4 minutes”, “about 2 hours 30 minutes”."""
        return formats.duration(self.minutes)

    @property
    def closed_words(self) -> Any:
        return WORDS[self.closed][1]


def preflight(prospect_list: ProspectList, now: datetime) -> Preflight:
    """Of a list as it stands."""
    invitation = Invitation.objects.for_staff(now).get(pk=prospect_list.invitation_id)
    to_write = waiting_to_be_sent(prospect_list).count()
    written = prospect_list.recipients.contactable().without_appointment(now - GRACE)
    minutes = ceil(to_write / prospect_list.per_minute)
    return Preflight(
        invitation=invitation,
        closed=invitation.closed(now, invitation.uses),
        to_write=to_write,
        to_book=written.count(),
        minutes=minutes,
        room=room_of(invitation, now),
        warnings=list(_warnings(prospect_list, invitation, now + timedelta(minutes=minutes))),
    )


def _warnings(
    prospect_list: ProspectList, invitation: Invitation, done_at: datetime
) -> Iterator[str]:
    if not prospect_list.message or not prospect_list.subject:
        yield _("Subject or letter have no words of yours: the usual ones go out.")
    if prospect_list.paused_at:
        yield _("Sending is paused: the letters go out when you resume it.")
    last = invitation.last_day
    if last and (done_at + SOON).astimezone(invitation.time_zone).date() > last:
        yield _("The links work until %(day)s only.") % {"day": formats.full_date(last)}
    if invitation.max_bookings is not None:
        left = max(invitation.max_bookings - invitation.uses, 0)
        words = ngettext(
            "The invitation is used up after %(n)s more booking.",
            "The invitation is used up after %(n)s more bookings.",
            left,
        )
        yield words % {"n": left}
    yield from _audience_warnings(prospect_list, invitation.audience)
    if invitation.website and not invitation.website.is_active:
        yield _("%(website)s is switched off: the links open on our own pages.") % {
            "website": invitation.website
        }


def _audience_warnings(prospect_list: ProspectList, audience: str) -> Iterator[str]:
    """How many could not book, as they may be no clients."""
    if audience == Audience.ANYONE:
        return
    number = prospect_list.recipients.contactable().filter(client=None).count()
    if not number:
        return
    if audience == Audience.CLIENTS:
        words = ngettext(
            "Only clients who sign in can book by it: %(n)s on the list is not known as a client.",
            "Only clients who sign in can book by it: %(n)s on the list are not known as clients.",
            number,
        )
    else:
        words = ngettext(
            "Only the client of a link can book by it: %(n)s on the list is not known as a client, "
            "and that link opens to nobody.",
            "Only the client of a link can book by it: %(n)s on the list are not known as clients, "
            "and their links open to nobody.",
            number,
        )
    yield words % {"n": number}
