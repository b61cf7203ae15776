"""The second factor of staff: set up, asked for, taken away."""

from __future__ import annotations

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from tests.config.steps import (
    PASSWORD,
    app_code,
    ask_for_code,
    code_in_mail,
    codes_of,
    enter_code,
    enter_password,
    enter_second_factor,
    is_signed_in,
    known_client,
    secret_on,
    staff_with_app,
    staff_with_password,
    with_both,
    with_password,
)
from tests.factories import make_resource
from tests.staff import (
    make_administrator,
    make_scheduling_administrator,
    make_user,
    own_user,
    signed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADMIN = reverse("admin:index")
LOG_IN = reverse("account_login")
OVERVIEW = reverse("mfa_index")
ENTER = reverse("mfa_authenticate")
PASSWORD_AGAIN = reverse("account_reauthenticate")
CODES = reverse("mfa_view_recovery_codes")

OWN_PAGES = [
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "account_reauthenticate",
    "socialaccount_connections",
]


# Asked for


def test_the_password_alone_opens_no_page_of_the_admin():
    browser = with_password(staff_with_app())
    assert not is_signed_in(browser)
    assert browser.get(ADMIN).status_code == 302
    assert browser.get(OVERVIEW).status_code == 302


def test_the_second_factor_alone_opens_nothing():
    user = staff_with_app()
    for code in [app_code(), codes_of(user)[0]]:
        browser = Browser()
        assert enter_second_factor(browser, code)["Location"] == LOG_IN
        assert browser.get(ENTER)["Location"] == LOG_IN
        assert not is_signed_in(browser)


def test_a_second_factor_is_no_key_to_another_account():
    first, second = staff_with_app(), staff_with_password()
    browser = with_password(first)
    enter_second_factor(browser, "000000")
    enter_password(browser, second, "wrong")
    assert not is_signed_in(browser)
    assert enter_second_factor(browser, app_code())["Location"] == ADMIN
    assert browser.session["_auth_user_id"] == str(first.pk)


def test_both_lead_to_the_page_that_was_asked_for():
    user, browser = staff_with_app(), Browser()
    page = reverse("admin:password_change")
    assert enter_password(browser, user, leads_to=page)["Location"] == ENTER
    assert enter_second_factor(browser, app_code())["Location"] == page


def test_a_code_of_the_app_works_once():
    user = staff_with_app()
    with time_machine.travel("2026-11-23T10:00:01Z", tick=False):
        assert is_signed_in(with_both(user))
        assert not is_signed_in(with_both(user))


def test_a_recovery_code_works_once():
    user = staff_with_app()
    code = codes_of(user)[0]
    for works in [True, False]:
        browser = with_password(user)
        enter_second_factor(browser, code)
        assert is_signed_in(browser) == works


def test_only_who_has_a_passkey_is_asked_for_one():
    page = with_password(staff_with_app()).get(ENTER).content.decode()
    assert "passkey" not in page.lower()


def test_guessing_ends():
    browser = with_password(staff_with_app())
    for _attempt in range(5):
        enter_second_factor(browser, "000000")
    page = enter_second_factor(browser, app_code())
    assert "That was tried too often" in page.content.decode()
    assert not is_signed_in(browser)


# Set up


def test_staff_set_up_an_app_and_get_recovery_codes():
    user = staff_with_password()
    browser = with_password(user)
    address = reverse("mfa_activate_totp")
    response = browser.get(address)
    assert response["Location"] == f"{PASSWORD_AGAIN}?next={address.replace('/', '%2F')}"
    browser.post(PASSWORD_AGAIN, {"password": PASSWORD, "next": address})
    page = browser.get(address).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    response = browser.post(address, {"code": app_code(secret_on(page))})
    assert response["Location"] == CODES
    assert codes_of(user)[0] in browser.get(CODES).content.decode()
    assert not is_signed_in(with_password(user))


def test_the_key_is_made_for_this_site(settings):
    settings.SITE_TITLE, settings.PUBLIC_BASE_URL = "Example Bank", "https://booking.example.com"
    browser = with_password(staff_with_password())
    browser.post(PASSWORD_AGAIN, {"password": PASSWORD})
    app = browser.get(reverse("mfa_activate_totp"))
    assert "issuer=Example%20Bank" in app.context["totp_url"]
    passkey = browser.get(reverse("mfa_add_webauthn"))
    wanted = {"id": "booking.example.com", "name": "Example Bank"}
    assert dict(passkey.context["js_data"]["creation_options"]["publicKey"]["rp"]) == wanted


@pytest.mark.parametrize("name", OWN_PAGES)
def test_clients_have_no_second_factor(name):
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    enter_code(browser, code_in_mail())
    assert browser.get(reverse(name)).status_code == 403
    assert browser.post(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", OWN_PAGES)
def test_its_pages_ask_for_a_log_in(name):
    assert Browser().get(reverse(name))["Location"].startswith(LOG_IN)


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_nobody_touches_the_passkeys_of_others(name):
    key = Authenticator.objects.create(user=staff_with_password(), type="webauthn", data={})
    browser = with_password(staff_with_password())
    browser.post(PASSWORD_AGAIN, {"password": PASSWORD})
    address = reverse(name, args=[key.pk])
    assert browser.get(address).status_code == 404
    assert browser.post(address, {"name": "mine"}).status_code == 404


@pytest.mark.parametrize("name", ["mfa_deactivate_totp", "mfa_generate_recovery_codes"])
def test_a_session_left_open_changes_nothing_without_the_password(name):
    user = staff_with_app()
    before = codes_of(user)
    with time_machine.travel("2026-11-23T10:00:01Z", tick=False) as clock:
        browser = with_both(user)
        clock.shift(3600)
        response = browser.post(reverse(name))
    assert response["Location"].startswith(PASSWORD_AGAIN)
    assert codes_of(user) == before


# Taken away


def take_away(by: User, of: User) -> int:
    form = {"action": "take_second_factor", "_selected_action": [of.pk]}
    return signed_in(by).post(reverse("admin:auth_user_changelist"), form).status_code


def factors_of(user: User) -> int:
    return Authenticator.objects.filter(user=user).count()


@pytest.mark.parametrize("make", [make_administrator, make_scheduling_administrator])
def test_an_administrator_takes_away_what_a_colleague_lost(make):
    boss, colleague = make(), staff_with_app()
    take_away(boss, colleague)
    assert factors_of(colleague) == 0
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (boss, str(colleague.pk))
    assert "second factor" in entry.get_change_message()


def test_a_button_on_the_account_says_so_where_there_is_one_to_take():
    boss = signed_in(make_administrator())
    for user, there in [(staff_with_app(), True), (staff_with_password(), False)]:
        page = boss.get(reverse("admin:auth_user_change", args=[user.pk])).content.decode()
        assert ('value="take_second_factor"' in page) == there


def test_nobody_takes_away_their_own():
    user = staff_with_app(is_superuser=True)
    take_away(user, user)
    assert factors_of(user) == 2
    page = signed_in(user).get(reverse("admin:auth_user_change", args=[user.pk]))
    assert 'value="take_second_factor"' not in page.content.decode()


def test_nobody_takes_away_that_of_somebody_who_may_do_more():
    boss = staff_with_app(is_superuser=True)
    take_away(make_scheduling_administrator(), boss)
    assert factors_of(boss) == 2


@pytest.mark.parametrize("make", [make_user, lambda: own_user(make_resource())])
def test_others_take_away_nobodys(make):
    colleague = staff_with_app()
    assert take_away(make(), colleague) == 403
    assert factors_of(colleague) == 2


def test_those_who_only_see_accounts_take_nothing_away():
    from django.contrib.auth.models import Permission

    viewer, colleague = make_user(), staff_with_app()
    viewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    take_away(viewer, colleague)
    assert factors_of(colleague) == 2
