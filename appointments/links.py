"""Absolute links (rule L4)."""

from django.conf import settings


def absolute_url(path: str) -> str:
    """A path of this site as a link for mails and files, never built from a request's Host."""
    return f"{settings.PUBLIC_BASE_URL}{path}"
