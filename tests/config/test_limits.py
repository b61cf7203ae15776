"""How often somebody may try, and how they are counted."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from tests.config.steps import (
    ask_for_code,
    code_in_mail,
    enter_password,
    is_signed_in,
    known_client,
    staff_with_password,
)
from tests.factories import at
from tests.test_settings import PRODUCTION, ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LOG_IN = reverse("account_login")


def tries(browser: Browser, number: int, **headers: str) -> list[int]:
    """The status of so many attempts, each at an account of its own."""
    return [
        browser.post(LOG_IN, {"login": f"nobody{n}", "password": "x"}, **headers).status_code
        for n in range(number)
    ]


def test_guessing_a_password_ends_and_may_go_on_later():
    user = staff_with_password()
    with time_machine.travel(at("2026-11-23 10:00"), tick=False) as clock:
        for _attempt in range(5):
            enter_password(Browser(), user, "wrong")
        page = enter_password(Browser(), user)
        assert "That was tried too often" in page.content.decode()
        clock.shift(301)
        browser = Browser()
        enter_password(browser, user)
    assert is_signed_in(browser)


def test_one_address_gets_three_codes_within_a_minute():
    known_client()
    with time_machine.travel(at("2026-11-23 10:00"), tick=False) as clock:
        sent = 0
        for _attempt in range(5):
            ask_for_code(Browser(), "gerda@example.com")
            sent += len(mail.outbox)
        assert sent == 3
        clock.shift(61)
        ask_for_code(Browser(), "gerda@example.com")
        assert code_in_mail() != ""


@pytest.mark.parametrize("page", ["account_request_login_code", "account_reset_password"])
@pytest.mark.parametrize("email", ["gerda@example.com", "stranger@example.com"])
def test_anybody_can_have_a_letter_sent_to_an_address_thirty_times_within_a_day(page, email):
    known_client()
    with time_machine.travel(at("2026-11-23 10:00"), tick=False) as clock:
        for _minute in range(35):
            Browser().post(reverse(page), {"email": email})
            clock.shift(61)
        assert len(mail.outbox) == 30
        clock.shift(24 * 3600)
        Browser().post(reverse(page), {"email": email.upper()})
    assert len(mail.outbox) == 31


def test_another_code_is_sent_only_so_often():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    for _attempt in range(10):
        browser.post(reverse("account_confirm_login_code"), {"action": "resend"})
    assert len(mail.outbox) <= 4


def test_the_page_of_too_many_attempts_says_when_to_come_back():
    with time_machine.travel(at("2026-11-23 10:00"), tick=False):
        assert 429 in tries(Browser(), 31)
        response = Browser().post(LOG_IN, {"login": "x", "password": "x"})
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert page.count("<h1>") == 1
    assert "wait a minute" in page


def test_reading_the_page_is_not_counted():
    assert {Browser().get(LOG_IN).status_code for _visit in range(40)} == {200}


# Who is counted


@pytest.fixture
def _behind_one_proxy(settings) -> None:
    settings.TRUSTED_PROXIES = 1


@pytest.mark.usefixtures("_behind_one_proxy")
def test_behind_a_proxy_each_guest_is_counted_alone():
    with time_machine.travel(at("2026-11-23 10:00"), tick=False):
        assert 429 in tries(Browser(), 31, HTTP_X_FORWARDED_FOR="203.0.113.7")
        assert 429 not in tries(Browser(), 1, HTTP_X_FORWARDED_FOR="203.0.113.8")


@pytest.mark.usefixtures("_behind_one_proxy")
def test_what_a_client_writes_into_the_header_makes_nobody_new():
    with time_machine.travel(at("2026-11-23 10:00"), tick=False):
        seen = {
            tries(Browser(), 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 203.0.113.7")[0]
            for n in range(31)
        }
    assert 429 in seen


@pytest.mark.usefixtures("_behind_one_proxy")
@pytest.mark.parametrize(
    "headers",
    [{}, {"HTTP_X_FORWARDED_FOR": ""}, {"HTTP_X_FORWARDED_FOR": "unknown"}, {"REMOTE_ADDR": ""}],
    ids=["no header", "empty", "no address", "a socket"],
)
def test_a_proxy_that_says_nothing_is_no_error(headers):
    assert tries(Browser(), 1, **headers) == [200]


def test_more_proxies_than_addresses_are_no_error(settings):
    settings.TRUSTED_PROXIES = 3
    assert tries(Browser(), 1, HTTP_X_FORWARDED_FOR="203.0.113.7") == [200]


# Where it is counted

COUNT = """
import django; django.setup()
from allauth.core import context
from allauth.core.internal.ratelimit import consume
from django.test import RequestFactory
request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")
with context.request_context(request):
    for attempt in range(3):
        used = consume(request, app="allauth.account", action="login_failed", key="somebody")
        print(bool(used))
"""


def test_processes_count_together(tmp_path):
    environment = {
        **PRODUCTION,
        "CACHE_URL": f"filecache://{tmp_path / 'cache'}",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENV_FILE": os.devnull,
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-c", COUNT]
    said = [
        subprocess.check_output(command, cwd=ROOT, env=environment, text=True).split()
        for _process in range(2)
    ]
    assert said == [["True", "True", "True"], ["True", "True", "False"]]
