"""The share page in tests: its addresses, and what a browser reads on it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from appointments.models import Client
from invitations.models import CustomerWebsite, InvitationKey
from tests.invitations.pages import text


def address(key: InvitationKey, *rest: str) -> str:
    """Of the share page, or of what it shows of the link."""
    if not rest:
        return reverse("admin:invitations_invitation_link", args=[key.invitation_id])
    name, *kind = rest
    args = [key.invitation_id, key.pk, *kind]
    return reverse(f"admin:invitations_invitation_{name}", args=args)


def make_website(**fields: Any) -> CustomerWebsite:
    fields = {"name": "Bank", "page_url": "https://www.bank.test/book", **fields}
    return CustomerWebsite.objects.create(**fields)


def make_personal(key: InvitationKey) -> InvitationKey:
    elena = Client.objects.create(first_name="Elena", last_name="Rossi", email="elena@bank.test")
    return InvitationKey.objects.create(invitation=key.invitation, client=elena)


class Reader(HTMLParser):
    """What a page is made of: its tags with their attributes, and its fields by id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.fields: dict[str, str] = {}
        self._field = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "textarea":
            self._field = found["id"] or ""
            self.fields[self._field] = ""
        elif tag == "input" and found.get("id"):
            self.fields[found["id"] or ""] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._field = ""

    def handle_data(self, data: str) -> None:
        if self._field:
            self.fields[self._field] += data


def fields(response: HttpResponse) -> dict[str, str]:
    """What there is to copy, as a browser understands the page."""
    return Reader(text(response)).fields


def hrefs(html: str) -> list[str | None]:
    return [found.get("href") for tag, found in Reader(html).tags if tag == "a"]
