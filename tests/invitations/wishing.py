"""Links of clients whose wishes count."""

from __future__ import annotations

from typing import Any

from appointments.models import Client
from invitations.models import InvitationKey
from scheduling.models import ServiceResource, Territory
from tests.factories import make_invitation


def personal(
    client: Client, *hosts: ServiceResource, territory: Territory | None, **fields: Any
) -> InvitationKey:
    """A link of the client's own, to an invitation that respects what they wish."""
    fields = {"respects_wishes": True, "territory": territory, **fields}
    key = make_invitation(*hosts, **fields)
    key.client = client
    key.save(update_fields=["client"])
    return key


def url_of(key: InvitationKey) -> str:
    return f"/invite/{key.key}/"
