"""The address of the page that explains an invitation's times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from invitations.views.explaining import explain_page

View = Callable[..., Any]


def explain_urls(wrap: Callable[[View], View]) -> list[URLPattern]:
    """``wrap`` makes a view a page of the admin."""
    name = "invitations_invitation_explain"
    return [path("<int:invitation>/explain/", wrap(explain_page), name=name)]
