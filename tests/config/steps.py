"""What people do to sign in, in the words of a test."""

from __future__ import annotations

import base64
import hmac
import re
import time
from itertools import count

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core import mail
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from appointments.models import Client
from tests.staff import make_user

PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = count(1)


def known_client(email: str = "gerda@example.com", **fields: object) -> Client:
    """One whom the office knows, and whose address nobody has proved yet."""
    return Client.objects.create(first_name="Gerda", last_name="Gast", email=email, **fields)


def staff_with_password(**fields: object) -> User:
    email = f"colleague{next(_numbers)}@example.com"
    return make_user("colleague", **{"email": email, "password": PASSWORD, **fields})


def staff_with_app(**fields: object) -> User:
    """One whose second factor is an authenticator app, with recovery codes."""
    user = staff_with_password(**fields)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def app_code(secret: str = SECRET) -> str:
    """What the app shows now (RFC 6238)."""
    counter = int(time.time() // 30).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**6:06}"


def codes_of(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def code_in_mail() -> str:
    """The code that the last mail says, empty where it says none."""
    found = mail.outbox and re.search(r"^[A-Z]{4}-[A-Z]{4}$", mail.outbox[-1].body, re.M)
    return found.group() if found else ""


def ask_for_code(browser: Browser, email: str, leads_to: str = "") -> HttpResponse:
    mail.outbox.clear()
    form = {"email": email, "next": leads_to}
    return browser.post(reverse("account_request_login_code"), form)


def enter_code(browser: Browser, code: str, leads_to: str = "") -> HttpResponse:
    form = {"code": code, "next": leads_to}
    return browser.post(reverse("account_confirm_login_code"), form)


def enter_password(
    browser: Browser, user: User, password: str = PASSWORD, leads_to: str = ""
) -> HttpResponse:
    form = {"login": user.username, "password": password, "next": leads_to}
    return browser.post(reverse("account_login"), form)


def enter_second_factor(browser: Browser, code: str) -> HttpResponse:
    return browser.post(reverse("mfa_authenticate"), {"code": code})


def is_signed_in(browser: Browser) -> bool:
    return "_auth_user_id" in browser.session


def with_password(user: User) -> Browser:
    browser = Browser()
    enter_password(browser, user)
    return browser


def with_both(user: User) -> Browser:
    browser = with_password(user)
    enter_second_factor(browser, app_code())
    return browser


def secret_on(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    return found.group(1) if found else ""
