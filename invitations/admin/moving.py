"""The addresses of the pages on which staff move an appointment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from invitations.views import staff_moving

View = Callable[..., Any]


def move_urls(wrap: Callable[[View], View]) -> list[URLPattern]:
    """``wrap`` makes a view a page of the admin."""
    page = "move/<int:appointment>/"
    return [
        path(page, wrap(staff_moving.week), name="invitations_invitation_move"),
        path(f"{page}to/", wrap(staff_moving.confirm), name="invitations_invitation_move_to"),
    ]
