"""Giving the links of a list more time: all of them, or those of some recipients."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from appointments import formats
from appointments.changes import Author
from appointments.locks import waiting_for_locks
from invitations import changes
from invitations.generate import ImpossibleCriteriaError
from invitations.models import Invitation, InvitationEvent, InvitationKey, ProspectList, Recipient
from invitations.models.invitations import ENDS
from invitations.prospects.sending import chosen_of
from invitations.prospects.traces import NOBODY, log


def extend(key: int, until: date, *, author: Author = NOBODY, now: datetime) -> bool:
    """Move the last day of all links of a list, by the invitation's own way to change.

    Who was not written to because the link had ended is written to by sending again. Raises
    ImpossibleCriteriaError, TooBusyError.
    """
    invitation = ProspectList.objects.select_related("invitation").get(pk=key).invitation
    ends = [name for name in ENDS if getattr(invitation, name)]
    values = dict.fromkeys(ends or ["expiry_date"], until)
    return changes.change(
        invitation.pk, values, actor=author.user, on_behalf_of=author.on_behalf_of, now=now
    )


@waiting_for_locks()
def extend_some(
    key: int,
    recipients: QuerySet[Recipient],
    until: date,
    *,
    author: Author = NOBODY,
    now: datetime,
) -> int:
    """Let the links of these recipients work, and be booked by, until a later day; say how many.

    Links that work as long already stay as they are. Raises ImpossibleCriteriaError where the day
    is past, or no later than the last day of all; TooBusyError.
    """
    # Bookings ask under this lock until when the link works; it comes first everywhere (B1).
    invitation = Invitation.lock(ProspectList.objects.get(pk=key).invitation_id)
    _check(invitation, until, now)
    prospect_list = ProspectList.lock(key)
    chosen = chosen_of(prospect_list, recipients)
    shorter = Q(extended_until=None) | Q(extended_until__lt=until)
    keys = InvitationKey.objects.filter(shorter, recipient__in=chosen.order_by().values("pk"))
    done = keys.update(extended_until=until)
    if done:
        log(prospect_list, InvitationEvent.Kind.LINKS_EXTENDED, author)
    return done


def _check(invitation: Invitation, until: date, now: datetime) -> None:
    last = invitation.last_day
    if last is None:
        text = _("The links have no last day, so they need no other.")
        raise ImpossibleCriteriaError("until", text)
    if until <= last:
        text = _("The links work until %(day)s already.") % {"day": formats.full_date(last)}
        raise ImpossibleCriteriaError("until", text)
    if until < now.astimezone(invitation.time_zone).date():
        raise ImpossibleCriteriaError("until", _("This day is past already."))
