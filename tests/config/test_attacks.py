"""What an attacker tries at the log-in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from tests.config.steps import (
    PASSWORD,
    app_code,
    ask_for_code,
    code_in_mail,
    enter_code,
    enter_password,
    enter_second_factor,
    is_signed_in,
    known_client,
    staff_with_app,
    staff_with_password,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADMIN = reverse("admin:index")
LOG_IN = reverse("account_login")
LOG_OUT = reverse("account_logout")
MINE = reverse("my_appointments")

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "https:///evil.example",
    "http://other.example/admin/",
    "http://testserver.evil.example/",
    "http://testserver@evil.example/",
    "http://testserver//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "%2F%2Fevil.example",
    "/\t/evil.example",
    "evil.example",
]
HERE = [MINE, f"http://testserver{MINE}", "/my/?page=2", "/invite/KEY/2026-W48/?tz=Asia/Tokyo"]


@pytest.fixture(autouse=True)
def _two_hosts(settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]


def by_code(leads_to: str) -> HttpResponse:
    known_client()
    browser = Browser()
    entering = ask_for_code(browser, "gerda@example.com", leads_to)["Location"]
    return browser.post(entering, {"code": code_in_mail()})


def by_password(leads_to: str) -> HttpResponse:
    return enter_password(Browser(), staff_with_password(), leads_to=leads_to)


def by_second_factor(leads_to: str) -> HttpResponse:
    browser = Browser()
    enter_password(browser, staff_with_app(), leads_to=leads_to)
    return enter_second_factor(browser, app_code())


def by_signing_out(leads_to: str) -> HttpResponse:
    browser = Browser()
    enter_password(browser, staff_with_password())
    return browser.post(LOG_OUT, {"next": leads_to})


def while_signed_in(leads_to: str) -> HttpResponse:
    browser = Browser()
    enter_password(browser, staff_with_password())
    return browser.get(f"{LOG_IN}?next={quote(leads_to)}")


EACH_WAY = pytest.mark.parametrize(
    "way", [by_code, by_password, by_second_factor, by_signing_out, while_signed_in]
)


@EACH_WAY
@pytest.mark.parametrize("leads_to", ELSEWHERE)
def test_nobody_is_led_to_another_site(way: Callable[[str], HttpResponse], leads_to):
    response = way(leads_to)
    assert response.status_code == 302
    assert response["Location"] in {ADMIN, MINE, LOG_IN}


@EACH_WAY
@pytest.mark.parametrize("leads_to", HERE)
def test_pages_of_this_site_are_led_to(way: Callable[[str], HttpResponse], leads_to):
    assert way(leads_to)["Location"] == leads_to


def test_the_host_of_the_request_is_no_reason_to_lead_there(settings):
    user = staff_with_password()
    form = {"login": user.username, "password": PASSWORD}
    form["next"] = "http://other.example/admin/"
    response = Browser(HTTP_HOST="other.example").post(LOG_IN, form)
    assert response["Location"] == ADMIN


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code"])
@pytest.mark.parametrize(
    "headers", [{"X-Requested-With": "XMLHttpRequest"}, {"Accept": "application/json"}], ids=str
)
def test_scripts_get_the_page_that_people_get(name, headers):
    for response in [
        Browser(headers=headers).get(reverse(name)),
        Browser(headers=headers).post(reverse(name), {}),
    ]:
        assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_wrong_password_takes_as_long_for_everybody(monkeypatch):
    user, closed = staff_with_password(), staff_with_password(is_active=False)
    ask_for_code(Browser(), known_client().email)
    names = [user.username, user.email, closed.email, "gerda@example.com", "nobody", "no@body.com"]
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(name)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for name in names:
        Browser().post(LOG_IN, {"login": name, "password": "wrong"})
    assert hashed == names


def test_whoever_is_signed_in_finds_no_other_form_for_passwords():
    boss, browser = staff_with_app(is_superuser=True), Browser()
    colleague = staff_with_password()
    enter_password(browser, colleague)
    form = {"username": boss.username, "password": PASSWORD, "next": ADMIN}
    assert browser.post(reverse("admin:login"), form)["Location"] == ADMIN
    assert browser.session["_auth_user_id"] == str(colleague.pk)


# The session


def test_the_session_of_before_is_not_the_one_of_after():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    before = browser.session.session_key
    enter_code(browser, code_in_mail())
    assert browser.session.session_key != before
    planted = Browser()
    planted.cookies["sessionid"] = before
    assert not is_signed_in(planted)
    assert planted.get(MINE).status_code == 302


def test_the_second_factor_changes_the_session_once_more():
    browser = Browser()
    enter_password(browser, staff_with_app())
    before = browser.session.session_key
    enter_second_factor(browser, app_code())
    assert browser.session.session_key != before


def test_the_session_ends_with_signing_out():
    browser = Browser()
    enter_password(browser, staff_with_password())
    key = browser.cookies["sessionid"].value
    browser.post(LOG_OUT)
    again = Browser()
    again.cookies["sessionid"] = key
    assert again.get(ADMIN).status_code == 302


@pytest.mark.parametrize("address", [LOG_OUT, reverse("admin:logout")])
def test_opening_an_address_signs_nobody_out(address):
    browser = Browser()
    enter_password(browser, staff_with_password())
    assert browser.get(address).status_code == 200
    assert is_signed_in(browser)
    assert browser.post(address)["Location"] == LOG_IN
    assert not is_signed_in(browser)


def test_cookies_are_for_this_site_and_its_server_alone(settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    browser = Browser()
    browser.get(LOG_IN, secure=True)
    form = {"login": staff_with_password().username, "password": PASSWORD}
    browser.post(LOG_IN, form, secure=True)
    session, csrf = browser.cookies["sessionid"], browser.cookies["csrftoken"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert (csrf["secure"], csrf["samesite"]) == (True, "Lax")


def test_the_session_ends_with_the_browser():
    known_client()
    client, colleague = Browser(), Browser()
    ask_for_code(client, "gerda@example.com")
    enter_code(client, code_in_mail())
    enter_password(colleague, staff_with_password())
    for browser in [client, colleague]:
        assert browser.cookies["sessionid"]["max-age"] == ""


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_logout",
        "account_reauthenticate",
        "account_reset_password",
        "admin:logout",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
        "socialaccount_connections",
    ],
)
def test_a_form_of_another_site_is_refused(name):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(staff_with_app())
    anonymous = Browser(enforce_csrf_checks=True)
    for each in [browser, anonymous]:
        assert each.post(reverse(name), {"code": "x"}).status_code == 403
        forged = {"HTTP_ORIGIN": "https://evil.example"}
        assert each.post(reverse(name), {"code": "x"}, **forged).status_code == 403


def test_the_pages_are_kept_by_nobody():
    browser = Browser()
    assert "no-store" in browser.get(LOG_IN)["Cache-Control"]
    enter_password(browser, staff_with_app())
    assert "no-store" in browser.get(reverse("mfa_authenticate"))["Cache-Control"]
    enter_second_factor(browser, app_code())
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ["mfa_index", "mfa_view_recovery_codes", "account_reauthenticate"]:
        assert "no-store" in browser.get(reverse(name))["Cache-Control"]
