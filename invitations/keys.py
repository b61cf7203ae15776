"""URLs of invitations (rules L1, L4)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import QuerySet
from django.urls import reverse

from appointments.links import absolute_url
from appointments.models import GRACE
from invitations.models import CustomerWebsite, Invitation, InvitationKey
from scheduling.prepared import prepared


def invitation_url(key: InvitationKey) -> str:
    """The absolute URL to give to guests: on our own pages, or on the customer's website."""
    website = website_of(key.invitation)
    return _on_website(website, key) if website else own_url(key)


def own_url(key: InvitationKey) -> str:
    """The absolute URL of the week page on our own site."""
    return absolute_url(reverse("invitation", args=[key.key]))


def slot_url(key: InvitationKey, start: str) -> str:
    """The absolute URL that books a start, given as “2026-11-23T09:00:00Z”."""
    website = website_of(key.invitation)
    if website:
        return _on_website(website, key, start=start)
    return f"{absolute_url(reverse('book', args=[key.key]))}?start={start}"


def website_of(invitation: Invitation) -> CustomerWebsite | None:
    """Where the links of an invitation open, None for our own pages."""
    website = invitation.website
    return website if website and website.is_active else None


def _on_website(website: CustomerWebsite, key: InvitationKey, **more: str) -> str:
    page = urlsplit(website.page_url)
    ours = {"invitationKey": key.key, **more}
    kept = [pair for pair in parse_qsl(page.query, keep_blank_values=True) if pair[0] not in ours]
    return page._replace(query=urlencode([*kept, *ours.items()], safe=":")).geturl()


def find_key(key: str, now: datetime) -> InvitationKey | None:
    """The key that a URL names, with what a guest's page needs to know of its invitation."""
    for found in _keys_named(key, now - GRACE):
        found.lengthen(found.invitation)
        return found
    return None


@prepared
def _keys_named(key: str, since: datetime) -> QuerySet[InvitationKey]:
    return InvitationKey.objects.for_guest(since).filter(key=key)
