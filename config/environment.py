"""Settings from the environment, each checked where it is read.

A value that cannot be meant ends the start with ``ImproperlyConfigured`` and its name, rather
than falling back to something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email.utils import parseaddr
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

Value = TypeVar("Value")

_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_TAKEN = {
    "account",
    "admin",
    "appointment",
    "customer-website",
    "embed",
    "feed",
    "healthz",
    "my",
    "outbox",
    "portraits",
    "readyz",
    "static",
    "unsubscribe",
}

_OIDC = {"id", "name", "server_url", "client_id", "secret"}


class Environment(environ.Env):  # type: ignore[misc]  # it has no types
    """django-environ, with casts that refuse what they do not understand."""

    def checked(self, name: str, cast: Callable[[str], Value], default: str | None = None) -> Value:
        """Read ``name`` through ``cast``. Raises ImproperlyConfigured where it is refused."""
        text = self.str(name) if default is None else self.str(name, default=default)
        try:
            return cast(text)
        except ValueError as error:
            # The value itself may be a secret, and this goes into logs.
            raise ImproperlyConfigured(f"{name}: {error}") from None

    def flag(self, name: str, default: str) -> bool:
        return self.checked(name, boolean, default)

    def database(self, name: str, default: str) -> dict[str, Any]:
        """A Django database: SQLite or PostgreSQL."""
        self.checked(name, database_url, default)
        config: dict[str, Any] = self.db_url(name, default=default)
        return config

    def email(self, name: str, default: str) -> dict[str, Any]:
        """Django's ``EMAIL_…`` settings, from an address like ``smtp+tls://user:key@host:587``."""
        self.checked(name, email_url, default)
        config: dict[str, Any] = self.email_url(name, default=default)
        return config

    def cache(self, name: str, default: str) -> dict[str, Any]:
        """A Django cache that processes share: files, or Redis."""
        self.checked(name, cache_url, default)
        config: dict[str, Any] = self.cache_url(name, default=default)
        if config["BACKEND"].endswith("FileBasedCache"):
            config["OPTIONS"] = {"MAX_ENTRIES": 10_000, **config.get("OPTIONS", {})}
        return config


def email_url(text: str) -> str:
    if urlsplit(text).scheme not in environ.Env.EMAIL_SCHEMES:
        raise ValueError("use an address like smtp+tls://user:password@host:587")
    return text


def mailbox(text: str) -> str:
    """An e-mail address, with or without a name before it."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1]):
        raise ValueError('use a mailbox like "Example, Inc." <booking@example.com>')
    return text


def boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError("use true or false")
    return _BOOLEANS[text.lower()]


def database_url(text: str) -> str:
    if urlsplit(text).scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ValueError("use sqlite:///path or postgres://user:password@host:port/name")
    return text


def cache_url(text: str) -> str:
    if urlsplit(text).scheme not in {"filecache", "redis", "rediss", "locmemcache"}:
        raise ValueError("use filecache:///path or redis://host:6379/0")
    return text


def oidc_providers(text: str) -> list[dict[str, str]]:
    """OpenID Connect providers, as a JSON list of objects that say exactly ``_OIDC``."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"use JSON: {error}") from error
    if not isinstance(found, list):
        raise ValueError("use a JSON list of objects")
    for provider in found:
        _check_oidc_provider(provider)
    if len({provider["id"] for provider in found}) != len(found):
        raise ValueError("give each provider an id of its own")
    return found


def _check_oidc_provider(provider: Any) -> None:
    if not isinstance(provider, dict) or set(provider) != _OIDC:
        raise ValueError("say exactly " + ", ".join(sorted(_OIDC)) + " of each provider")
    if not all(isinstance(value, str) and value for value in provider.values()):
        raise ValueError("use texts that are not empty")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", provider["id"]) or provider["id"] == "cancelled":
        raise ValueError(f"“{provider['id']}”: use a lower-case word as id")
    url = urlsplit(provider["server_url"])
    if url.scheme != "https" and url.hostname not in {"localhost", "127.0.0.1"}:
        raise ValueError("use a server_url that begins with https://")


def oidc_app(provider: dict[str, str]) -> dict[str, Any]:
    """The same provider as django-allauth wants it said."""
    return {
        "provider_id": provider["id"],
        "name": provider["name"],
        "client_id": provider["client_id"],
        "secret": provider["secret"],
        "settings": {"server_url": provider["server_url"]},
    }


def base_url(text: str) -> str:
    """An http(s) address without path, without the trailing slash."""
    parts = urlsplit(text.rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ValueError("use an address like https://booking.example.com")
    return text.rstrip("/")


def prefixes(text: str) -> list[str]:
    """Path prefixes of invitation URLs, the current one first (rule L1)."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
            raise ValueError("use lower-case words, separated by commas")
        if name in _TAKEN:
            raise ValueError(f"“{name}” is taken by another page")
    if len(set(names)) != len(names):
        raise ValueError("name each prefix once")
    return names


def own_path(text: str) -> str:
    """The path of a picture on this site, as pages load nothing from elsewhere; or nothing."""
    if text and not re.match(r"/[^/\\]", text):
        raise ValueError("use a path of this site, like /logo.svg")
    return text


def time_zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("use a name like Europe/Berlin")
    return text


def whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("use a whole number, 0 or more")
    return int(text)


def hex_colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError("use a colour like #1f4d3a")
    return text.lower()


def one_of(*choices: str) -> Callable[[str], str]:
    def cast(text: str) -> str:
        if text not in choices:
            raise ValueError("use one of " + ", ".join(choices))
        return text

    return cast


def secret(text: str) -> str:
    if len(text) < 50 or len(set(text)) < 5:
        raise ValueError("use at least 50 random characters")
    return text
