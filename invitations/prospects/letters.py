"""The letters to recipients of a list, each made from the rows as they are when it is sent."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import formats
from appointments.emails import headers_of
from appointments.links import absolute_url
from appointments.models import GRACE, KINDS, OutboxMessage, OutboxQuerySet
from appointments.outbox import renders
from invitations.choices import hosts_of
from invitations.keys import invitation_url
from invitations.models import Invitation, Letter, Recipient
from invitations.offers import Hosts
from invitations.prospects.merge_fields import merged, merged_html
from scheduling.models import ServiceResource
from scheduling.prepared import prepared

USUAL_SUBJECT = gettext_lazy("An invitation from {host}")
USUAL_MESSAGE = gettext_lazy(
    "Dear {first_name} {last_name},\n\n"
    "I would be glad to meet you. Please choose a time that suits you: it takes a minute, and you "
    "need no account.\n\n"
    "With kind regards\n{host}"
)

KINDS.update(Letter.choices)


def letters_to(recipients: QuerySet[Recipient]) -> OutboxQuerySet:
    """All letters that were ever owed to these recipients."""
    keys = recipients.order_by().values("pk")
    rows: OutboxQuerySet = OutboxMessage.objects.filter(kind__in=list(Letter), object_id__in=keys)
    return rows


@renders(Letter.FIRST)
@renders(Letter.NUDGE)
def to_recipient(message: OutboxMessage) -> EmailMultiAlternatives | None:
    """The letter, or None where it no longer says anything to anybody who wants to hear it."""
    now = timezone.now()
    find = _to_remind if message.kind == Letter.NUDGE else _to_write
    for recipient in find(message.object_id, now - GRACE):
        invitation = recipient.key.invitation
        recipient.key.lengthen(invitation)
        if invitation.closed(now, invitation.count_uses(now)) is None:
            mail = preview(recipient, message.kind)
            mail.extra_headers |= headers_of(message)
            return mail
    return None


@prepared
def _to_write(key: int, since: datetime) -> QuerySet[Recipient]:
    """The recipient, unless they have an appointment or want no letters."""
    recipients = Recipient.objects.contactable().without_appointment(since)
    return recipients.with_letter().filter(pk=key)


@prepared
def _to_remind(key: int, since: datetime) -> QuerySet[Recipient]:
    """The recipient, if a reminder still tells them something."""
    return Recipient.objects.contactable().remindable(since).with_letter().filter(pk=key)


def preview(recipient: Recipient, kind: str = Letter.FIRST) -> EmailMultiAlternatives:
    """The mail as this recipient would get it now, in the language of the site."""
    with translation.override(settings.LANGUAGE_CODE):
        return _mail(recipient, kind)


def _mail(recipient: Recipient, kind: str) -> EmailMultiAlternatives:
    prospect_list, hosts = recipient.prospect_list, hosts_of(recipient.key.invitation)
    values = _values(recipient, hosts)
    text = prospect_list.message or str(USUAL_MESSAGE)
    subject = merged(prospect_list.subject or str(USUAL_SUBJECT), values)
    if kind == Letter.NUDGE:
        subject = _("Reminder: %(subject)s") % {"subject": subject}
    context = {
        "text": merged(text, values),
        "html": merged_html(text, {**values, "link": _link(values["link"])}),
        "is_nudge": kind == Letter.NUDGE,
        "subject": subject,
        "url": values["link"],
        "unsubscribe_url": unsubscribe_url(recipient),
        "site_title": settings.SITE_TITLE,
    }
    mail = EmailMultiAlternatives(
        subject=_one_line(subject),
        body=render_to_string("emails/prospect_letter.txt", context),
        to=[recipient.email],
        reply_to=[sender_of(recipient.key.invitation, hosts).email],
        headers=_unsubscribing(context["unsubscribe_url"]),
    )
    html = render_to_string("emails/prospect_letter.html", context)
    mail.attach_alternative(html, "text/html")
    return mail


def unsubscribe_url(recipient: Recipient) -> str:
    """The absolute URL of the way out of all letters."""
    return absolute_url(reverse("unsubscribe", args=[recipient.unsubscribe_key]))


def _unsubscribing(url: str) -> dict[str, Any]:
    """What makes mail programs offer it as one press of their own (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _values(recipient: Recipient, hosts: Hosts) -> dict[str, str]:
    invitation, names = recipient.key.invitation, [host.name for host in hosts]
    topic = invitation.topic or invitation.work_type
    days = [day for day in (invitation.until_date, invitation.expiry_date) if day]
    values = {
        "first_name": recipient.first_name,
        "last_name": recipient.last_name,
        "host": formats.listed(names, any_of=invitation.any_host),
        "topic": str(topic) if topic else _("an appointment"),
        "link": invitation_url(recipient.key),
        "until": formats.full_date(min(days)) if days else _("further notice"),
    }
    return {name: _one_line(value) for name, value in values.items()}


def _link(url: str) -> SafeString:
    return format_html('<a class="link" href="{0}" style="color:#1d1e1a">{0}</a>', url)


def sender_of(invitation: Invitation, hosts: Hosts) -> ServiceResource:
    """Who reads the answers: the owner, else the first host."""
    return invitation.owner or hosts[0]


def _one_line(text: str) -> str:
    """Without breaks and control characters: a name adds no line to a letter or its head."""
    shown = "".join(" " if unicodedata.category(each) == "Cc" else each for each in text)
    return " ".join(shown.split())
