"""URLs of invitations (rules L1, L4)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.urls import reverse

from appointments.links import absolute_url
from invitations.models import InvitationKey


def invitation_url(key: InvitationKey) -> str:
    """The absolute URL to give to guests: on our own pages, or on the customer's website."""
    website = key.invitation.website
    if website is None or not website.is_active:
        return own_url(key)
    page = urlsplit(website.page_url)
    query = urlencode([*parse_qsl(page.query), ("invitationKey", key.key)])
    return page._replace(query=query).geturl()


def own_url(key: InvitationKey) -> str:
    """The absolute URL of the week page on our own site."""
    return absolute_url(reverse("invitation", args=[key.key]))
