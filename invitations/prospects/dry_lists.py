"""Lists whose letters are out and whose page has run dry: once a day, their owner is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from appointments import outbox
from appointments.chores import chore
from appointments.emails import headers_of
from appointments.links import absolute_url
from appointments.models import GRACE, KINDS, OutboxMessage
from invitations.availability import next_starts
from invitations.choices import hosts_of
from invitations.models import Invitation, ProspectList, RecipientQuerySet, State
from invitations.prospects.letters import sender_of

DRY = "prospect_list_dry"
"""The kind of outbox message; it is about a list."""

A_DAY = timedelta(days=1)
STILL_TO_BOOK = (State.QUEUED, State.SENT, State.FETCHED, State.OPENED)

KINDS[DRY] = _("To the owner of a list with nothing free")


@chore
def check(now: datetime) -> None:
    """Look at each list that was sent, once a day, whether its guests still find a time."""
    unchecked = Q(checked_at=None) | Q(checked_at__lte=now - A_DAY)
    for prospect_list in ProspectList.objects.filter(unchecked, started_at__isnull=False):
        _note(prospect_list, now, is_dry=_is_dry(prospect_list, now))


@outbox.renders(DRY)
def to_owner(message: OutboxMessage) -> EmailMultiAlternatives | None:
    """That nothing is free any more, unless that has changed since."""
    now = timezone.now()
    prospect_list = ProspectList.objects.filter(pk=message.object_id).first()
    if prospect_list is None or not _is_dry(prospect_list, now):
        return None
    with translation.override(settings.LANGUAGE_CODE):
        return _mail(message, prospect_list, still_to_book(prospect_list, now).count())


def still_to_book(prospect_list: ProspectList, now: datetime) -> RecipientQuerySet:
    """Those who were written to, or will be, and have neither booked nor turned away."""
    recipients: RecipientQuerySet = prospect_list.recipients.contactable()
    return recipients.with_history(now - GRACE).filter(Q(state__in=STILL_TO_BOOK))


def _is_dry(prospect_list: ProspectList, now: datetime) -> bool:
    """Whether its links are open, somebody is still to book, and nothing is free."""
    invitations = Invitation.objects.with_criteria().with_uses(now)
    found = invitations.prefetch_related("hosts__service_resource")
    invitation = found.get(pk=prospect_list.invitation_id)
    if invitation.closed(now, invitation.uses) or not still_to_book(prospect_list, now).exists():
        return False
    return not next_starts([invitation], now)


def _note(prospect_list: ProspectList, now: datetime, *, is_dry: bool) -> None:
    """Write down what was found, and owe a mail at the beginning of a dry spell.

    Of several workers who looked at the same time, one does.
    """
    since = (prospect_list.dry_since or now) if is_dry else None
    unchanged = ProspectList.objects.filter(
        pk=prospect_list.pk, checked_at=prospect_list.checked_at
    )
    with transaction.atomic():
        is_first = unchanged.update(checked_at=now, dry_since=since)
        if is_first and is_dry and prospect_list.dry_since is None:
            outbox.owe([(DRY, prospect_list.pk)], not_before=now)


def _mail(
    message: OutboxMessage, prospect_list: ProspectList, waiting: int
) -> EmailMultiAlternatives:
    invitation = prospect_list.invitation
    owner = sender_of(invitation, hosts_of(invitation))
    page = reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])
    context: dict[str, Any] = {
        "prospect_list": prospect_list,
        "owner": owner,
        "waiting": waiting,
        "url": absolute_url(page),
        "site_title": settings.SITE_TITLE,
    }
    subject = render_to_string(f"emails/{DRY}_subject.txt", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"emails/{DRY}.txt", context),
        to=[owner.email],
        headers=headers_of(message),
    )
    mail.attach_alternative(render_to_string(f"emails/{DRY}.html", context), "text/html")
    return mail
