"""The addresses of the pages on which a list begins and is filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from invitations.views.prospects import adding, beginning, importing

View = Callable[..., Any]


def adding_urls(wrap: Callable[[View], View]) -> list[URLPattern]:
    """``wrap`` makes a view a page of the admin."""
    add = "<int:prospect_list>/recipients/add"
    pages: list[tuple[str, View, str]] = [
        ("begin/<int:invitation>/", beginning.begin_list, "begin"),
        (f"{add}/", importing.upload_table, "upload"),
        (f"{add}/<int:upload>/", importing.check_table, "table"),
        (f"{add}/<int:upload>/discard/", importing.discard_table, "discard"),
        (f"{add}/one/", adding.add_one, "add_one"),
        (f"{add}/clients/", adding.add_clients, "add_clients"),
    ]
    return [
        path(route, wrap(view), name=f"invitations_prospectlist_{name}")
        for route, view, name in pages
    ]
