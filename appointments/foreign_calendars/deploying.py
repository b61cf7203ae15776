"""What a site must not be deployed with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks


def check_from_here(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """System check ``appointments.W001``, run by ``check --deploy``."""
    if not settings.CALENDARS_FROM_HERE:
        return []
    return [
        checks.Warning(
            "Resources' calendars may be read from this machine and by HTTP.",
            hint="Leave CALENDARS_FROM_HERE out; it is for development.",
            id="appointments.W001",
        )
    ]
