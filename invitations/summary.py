"""What an invitation says, in words for its staff."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from appointments import formats
from appointments.admin.lists import moment
from appointments.models import Client
from invitations.models import Audience, Invitation, Invited
from invitations.snippets import host_names
from scheduling.admin.assistants import name_of

Line = tuple[str, str]
"""What it is about, and what the invitation says of it."""


def summary(invitation: Invitation, recipient: Client | None) -> list[Line]:
    """Line by line. The invitation comes ``for_staff()``; a recipient has a link of their own."""
    return [*_meeting(invitation), *_limits(invitation), *_people(invitation, recipient)]


def heading(invitation: Invitation) -> str:
    """“Annual review with Anna Berger and Tom Reed”."""
    what = invitation.topic or invitation.work_type
    names = {"what": what, "names": host_names(invitation)}
    if what is None:
        return _("An appointment with %(names)s") % names
    return _("%(what)s with %(names)s") % names


def _meeting(invitation: Invitation) -> Iterator[Line]:
    if not (invitation.topic or invitation.work_type):
        yield _("About"), _("the guest chooses")
    yield _("How"), str(invitation.get_appointment_type_display())
    yield _("Place"), str(invitation.territory or _("the guest chooses"))
    if optional := Invited.of(invitation.hosts.all()).optional:
        yield _("May join"), formats.listed([host.name for host in optional])


def _limits(invitation: Invitation) -> Iterator[Line]:
    yield _("Days"), days(invitation)
    last = invitation.last_day
    yield _("Link works until"), formats.full_date(last) if last else _("it is switched off")
    yield _("Bookings"), _bookings(invitation)
    if invitation.audience != Audience.ANYONE:
        yield _("Open to"), str(invitation.get_audience_display())
    if invitation.respects_wishes:
        yield _("Clients"), _("their visiting hours and preferences count")
    if invitation.allows_extended_hours:
        yield _("Hours"), _("extended ones, too")
    if invitation.scheduling_policy:
        yield _("Scheduling policy"), str(invitation.scheduling_policy)


def days(invitation: Invitation) -> str:
    """“23 – 29 November 2026”, “until 24 December 2026”, “any day”."""
    first, last = invitation.from_date, invitation.until_date
    if first and first == last:
        return formats.full_date(first)
    if first and last:
        return formats.date_range(first, last)
    if first:
        return _("from %(day)s") % {"day": formats.full_date(first)}
    if last:
        return _("until %(day)s") % {"day": formats.full_date(last)}
    return _("any day")


def _bookings(invitation: Invitation) -> str:
    words = _("%(uses)s so far") % {"uses": invitation.uses}
    if invitation.max_bookings is not None:
        numbers = {"uses": invitation.uses, "most": invitation.max_bookings}
        words = _("%(uses)s of %(most)s") % numbers
    if invitation.max_per_guest is not None:
        words += ", " + _("at most %(most)s per guest") % {"most": invitation.max_per_guest}
    return words


def _people(invitation: Invitation, recipient: Client | None) -> Iterator[Line]:
    if recipient:
        yield _("For"), str(recipient)
    if invitation.website:
        yield _("Opens on"), str(invitation.website)
    if invitation.owner:
        yield _("Belongs to"), str(invitation.owner)
    yield _("Generated"), _generated(invitation)


def _generated(invitation: Invitation) -> str:
    when = moment(invitation.created_at, invitation.time_zone)
    user = invitation.created_by
    names = {"when": when, "user": user and name_of(user)}
    if invitation.on_behalf_of:
        words = _("%(when)s, by %(user)s for %(resource)s")
        return words % {**names, "resource": invitation.on_behalf_of}
    return _("%(when)s, by %(user)s") % names if user else when
