"""The pages that put people on a list, and what is sent to them."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from invitations.models import ProspectList
from tests.invitations.pages import hidden_fields, text

HEADINGS = ("First name", "Last name", "E-mail")


def url(name: str, prospect_list: ProspectList, *more: Any) -> str:
    return reverse(f"admin:invitations_prospectlist_{name}", args=[prospect_list.pk, *more])


def host_of(prospect_list: ProspectList) -> Any:
    return prospect_list.invitation.hosts.get().service_resource


def paste(user: Client, prospect_list: ProspectList, table: str) -> str:
    """Send a table; returns the address of what would come of it."""
    response = user.post(url("upload", prospect_list), {"pasted": table})
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


def words(response: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text(response)).split())


def confirm(user: Client, address: str) -> Any:
    """Press the button below what would come of the table, as it is shown."""
    return user.post(address, hidden_fields(user.get(address)))
