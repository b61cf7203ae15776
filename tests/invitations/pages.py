"""Reading a guest's pages in tests as a script of theirs would (the stable surfaces)."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def starts(response: HttpResponse) -> list[str]:
    """The UTC starts of the bookable times on a page, in order."""
    return re.findall(r'data-slot[^>]*>.*?<time datetime="([^"]+)"', text(response), re.DOTALL)


def links(response: HttpResponse) -> list[str]:
    return [unescape(url) for url in re.findall(r'href="([^"]+)"', text(response))]


def hidden_fields(response: HttpResponse) -> dict[str, str]:
    inputs = re.findall(r"<input[^>]+>", text(response))
    fields = {}
    for tag in inputs:
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden":
            fields[attributes["name"]] = unescape(attributes["value"])
    return fields


DETAILS = {"first_name": "Gerda", "last_name": "Gast", "email": "gerda@example.com"}


def open_form(client: Client, url: str, start: str) -> dict[str, str]:
    """The fields of the details page of a time, filled in."""
    response = client.get(f"{url}book/?start={start}")
    assert response.status_code == 200, text(response)
    return {**hidden_fields(response), **DETAILS}
