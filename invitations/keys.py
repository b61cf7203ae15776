"""URLs of invitations (rules L1, L4)."""

from __future__ import annotations

from django.urls import reverse

from appointments.links import absolute_url
from invitations.models import InvitationKey


def invitation_url(key: InvitationKey) -> str:
    """The absolute URL to give to guests."""
    return absolute_url(reverse("invitation", args=[key.key]))
