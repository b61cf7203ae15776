"""Signing in: clients by a code from a mail, staff by password."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from appointments.models import Client

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def ask_for_code(browser: Browser, email: str) -> str:
    """Ask for a code; what the mail says, empty where none came."""
    mail.outbox.clear()
    browser.post(reverse("account_request_login_code"), {"email": email})
    codes = [re.search(r"^[A-Z0-9-]{6,}$", sent.body, re.M) for sent in mail.outbox]
    return codes[0].group() if codes and codes[0] else ""


def test_a_client_signs_in_with_a_code_and_sees_their_appointments():
    gerda = Client.objects.create(first_name="Gerda", last_name="Gast", email="Gerda@example.com")
    browser = Browser()
    code = ask_for_code(browser, "gerda@example.com")
    response = browser.post(reverse("account_confirm_login_code"), {"code": code})
    assert (response.status_code, response["Location"]) == (302, reverse("my_appointments"))
    gerda.refresh_from_db()
    assert gerda.verified_at is not None
    assert browser.get(reverse("my_appointments")).status_code == 200
