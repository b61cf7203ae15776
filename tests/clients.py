"""Clients with a record of their own, and the browsers in which they are signed in."""

from __future__ import annotations

from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.test import Client as Browser

from appointments.models import Client
from tests.factories import at

_numbers = count(1)
PROVED = at("2026-11-01 12:00")


def make_client(name: str = "Gerda Gast", **fields: Any) -> Client:
    """One who has proved to read the address; of two names."""
    first, last = name.split()
    fields = {"email": f"{first.lower()}@example.com", "verified_at": PROVED, **fields}
    return Client.objects.create(first_name=first, last_name=last, **fields)


def log_in_of(email: str, *, verified: bool = True) -> User:
    """A log-in without a password, as the first code makes it."""
    user = User.objects.create_user(f"log-in {next(_numbers)}", email=email)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=verified)
    return user


def browser_of(client: Client) -> Browser:
    """One in which the client is signed in."""
    browser = Browser()
    browser.force_login(log_in_of(client.email))
    return browser
