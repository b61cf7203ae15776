"""The addresses of the pages on which an invitation is shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from invitations.views import share

View = Callable[..., Any]


def share_urls(wrap: Callable[[View], View]) -> list[URLPattern]:
    """``wrap`` makes a view a page of the admin."""
    pages: list[tuple[str, View, str]] = [
        ("link/", share.share_page, "link"),
        ("link/<int:link>/qr.<str:kind>", share.qr_page, "qr"),
        ("link/<int:link>/signature/", share.signature_preview, "signature"),
        ("link/<int:link>/times/", share.times_preview, "times"),
    ]
    return [
        path(f"<int:invitation>/{rest}", wrap(view), name=f"invitations_invitation_{name}")
        for rest, view, name in pages
    ]
