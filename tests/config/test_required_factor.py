"""Where a second factor is required, staff see nothing before they have shown theirs."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from tests.config.steps import (
    PASSWORD,
    app_code,
    ask_for_code,
    code_in_mail,
    enter_code,
    is_signed_in,
    known_client,
    secret_on,
    staff_with_app,
    staff_with_password,
    with_both,
    with_password,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("_required")]

ADMIN = reverse("admin:index")
LOG_IN = reverse("account_login")
OVERVIEW = reverse("mfa_index")
PASSWORD_AGAIN = reverse("account_reauthenticate")


@pytest.fixture
def _required(settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


def test_where_it_is_required_staff_set_it_up_before_anything_else():
    browser = with_password(staff_with_password(is_superuser=True))
    for address in [ADMIN, reverse("admin:auth_user_changelist"), reverse("my_appointments")]:
        assert browser.get(address)["Location"] == OVERVIEW
        assert browser.post(address)["Location"] == OVERVIEW
    assert "Before you go on" in browser.get(OVERVIEW).content.decode()
    assert browser.get(reverse("enter")).status_code == 200
    browser.post(PASSWORD_AGAIN, {"password": PASSWORD})
    address = reverse("mfa_activate_totp")
    secret = secret_on(browser.get(address).content.decode())
    browser.post(address, {"code": app_code(secret)})
    assert browser.get(ADMIN).status_code == 200


def test_staff_without_it_can_sign_out():
    browser = with_password(staff_with_password())
    assert browser.post(reverse("admin:logout"))["Location"] == LOG_IN
    assert not is_signed_in(browser)


def test_staff_who_have_it_go_straight_in():
    assert with_both(staff_with_app()).get(ADMIN).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "admin:index",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "account_reauthenticate",
    ],
)
def test_a_session_that_never_showed_it_ends_once_it_is_set_up(name):
    address = reverse(name)
    user = staff_with_password()
    stranger = with_password(user)
    stranger.post(PASSWORD_AGAIN, {"password": PASSWORD})
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    assert stranger.get(address)["Location"] == f"{LOG_IN}?next={address}"
    assert not is_signed_in(stranger)


def test_clients_need_none():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    enter_code(browser, code_in_mail())
    assert browser.get(reverse("my_appointments")).status_code == 200


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("name", ["admin:index", "mfa_index", "mfa_activate_totp"])
def test_a_session_that_a_code_opened_ends_once_its_client_has_become_staff(
    settings, required, name
):
    settings.REQUIRE_SECOND_FACTOR = required
    browser, client = Browser(), known_client()
    ask_for_code(browser, client.email)
    enter_code(browser, code_in_mail())
    User.objects.update(is_staff=True, is_superuser=True)
    assert browser.get(reverse(name))["Location"].startswith(LOG_IN)
    assert not is_signed_in(browser)
