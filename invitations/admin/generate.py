"""The addresses of the pages on which an invitation is generated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from invitations.views import generate, preview

View = Callable[..., Any]


def generate_urls(wrap: Callable[[View], View]) -> list[URLPattern]:
    """``wrap`` makes a view a page of the admin."""
    pages: list[tuple[str, View, str]] = [
        ("", generate.start, "generate"),
        ("<str:draft>/preview/", preview.preview, "preview"),
        ("<str:draft>/create/", generate.create, "create"),
        ("<str:draft>/<slug:name>/", generate.step, "step"),
    ]
    return [
        path(f"generate/{rest}", wrap(view), name=f"invitations_invitation_{name}")
        for rest, view, name in pages
    ]
