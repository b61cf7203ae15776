"""The addresses of the pages of one prospect list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from invitations.views.prospects import checking, exporting, extending, letter

View = Callable[..., Any]


def prospect_urls(wrap: Callable[[View], View]) -> list[URLPattern]:
    """``wrap`` makes a view a page of the admin."""
    pages: list[tuple[str, View, str]] = [
        ("letter/<int:recipient>/", letter.letter_preview, "letter"),
        ("check/", checking.check_page, "check"),
        ("progress/", checking.progress_part, "progress"),
        ("send/", checking.send_letters, "send"),
        ("pause/", checking.pause_letters, "pause"),
        ("resume/", checking.resume_letters, "resume"),
        ("extend/", extending.extend_links, "extend"),
        ("recipients.<str:kind>", exporting.export, "export"),
    ]
    return [
        path(f"<int:prospect_list>/{rest}", wrap(view), name=f"invitations_prospectlist_{name}")
        for rest, view, name in pages
    ]
