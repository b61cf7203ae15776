"""Signing in by the company's own OpenID Connect provider."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from appointments.models import Client
from config.environment import oidc_app
from tests.config.oidc_server import FOREIGN_KEY, Company, serving
from tests.config.steps import (
    PASSWORD,
    ask_for_code,
    code_in_mail,
    enter_code,
    enter_password,
    is_signed_in,
    known_client,
    staff_with_app,
    staff_with_password,
)
from tests.config.test_attacks import ELSEWHERE

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BEGIN = reverse("openid_connect_login", args=["company"])
BACK = reverse("openid_connect_callback", args=["company"])
CONNECTIONS = reverse("socialaccount_connections")
MINE = reverse("my_appointments")
GERDA = {
    "sub": "g-1",
    "email": "Gerda@example.com",
    "email_verified": True,
    "given_name": "Gerda",
    "family_name": "Gast",
}


@pytest.fixture
def company(settings) -> Iterator[Company]:
    """A provider at which Gerda has signed in."""
    with serving() as found:
        settings.OIDC_PROVIDERS = [found.settings()]
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [oidc_app(found.settings())]}
        }
        found.person = GERDA
        yield found


def sign_in(browser: Browser, leads_to: str = "", process: str = "login") -> HttpResponse:
    """To the provider and back."""
    there = browser.post(BEGIN, {"next": leads_to, "process": process})
    return browser.get(way_back(there))


def way_back(there: HttpResponse) -> str:
    """The path on this site to which the provider leads from there."""
    answer = requests.get(there["Location"], allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == "http://testserver"
    return f"{back.path}?{back.query}"


def test_a_known_client_opens_their_record(company):
    gerda, browser = known_client(), Browser()
    response = sign_in(browser, leads_to="/my/?page=1")
    assert (response.status_code, response["Location"]) == (302, "/my/?page=1")
    assert browser.get(MINE).status_code == 200
    gerda.refresh_from_db()
    assert gerda.verified_at is not None
    assert not SocialAccount.objects.exists()


def test_whom_the_company_vouches_for_becomes_a_client(company):
    browser = Browser()
    sign_in(browser)
    record = Client.objects.get()
    assert (record.first_name, record.last_name) == ("Gerda", "Gast")
    assert record.email.lower() == "gerda@example.com"
    assert browser.get(MINE).status_code == 200


def test_code_and_provider_open_the_same_log_in(company):
    known_client()
    by_code = Browser()
    ask_for_code(by_code, "gerda@example.com")
    enter_code(by_code, code_in_mail())
    sign_in(Browser())
    sign_in(Browser())
    assert (User.objects.count(), Client.objects.count()) == (1, 1)


def test_only_the_address_says_who_a_client_is(company):
    sign_in(Browser())
    company.person = {**GERDA, "email": "other@example.com"}
    browser = Browser()
    sign_in(browser)
    signed_in = User.objects.get(pk=browser.session["_auth_user_id"])
    assert signed_in.email == "other@example.com"


@pytest.mark.parametrize("said", [False, "false", None, 0, "no"])
def test_an_address_that_is_not_verified_opens_nothing(company, said):
    known_client()
    company.person = {**GERDA, "email_verified": said}
    browser = Browser()
    response = sign_in(browser)
    assert response.status_code == 403
    assert "does not say that your e-mail address was verified" in response.content.decode()
    assert not User.objects.exists()
    assert not Client.objects.filter(verified_at__isnull=False).exists()


def test_no_address_opens_nothing(company):
    company.person = {"sub": "g-1", "email_verified": True}
    assert sign_in(Browser()).status_code == 403


def test_an_address_alone_never_opens_an_account_of_staff(company):
    user, browser = staff_with_password(), Browser()
    company.person = {**GERDA, "email": user.email.upper()}
    response = sign_in(browser)
    assert response.status_code == 403
    assert "user name and password" in response.content.decode()
    assert not is_signed_in(browser)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_closed_log_in_stays_closed(company):
    sign_in(Browser())
    User.objects.update(is_active=False)
    browser = Browser()
    assert sign_in(browser).status_code == 403
    assert (is_signed_in(browser), User.objects.count()) == (False, 1)


# Staff


def connected(user: User) -> Browser:
    """A browser in which somebody of the staff has connected their account at the company."""
    browser = Browser()
    enter_password(browser, user)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert sign_in(browser, process="connect")["Location"] == CONNECTIONS
    return browser


def test_staff_find_there_what_they_can_connect(company):
    browser = Browser()
    enter_password(browser, staff_with_password())
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = browser.get(CONNECTIONS).content.decode()
    assert f'action="{BEGIN}"' in page
    assert 'name="process" value="connect"' in page


def test_staff_connect_an_account_and_enter_by_it(company):
    user = staff_with_password()
    page = connected(user).get(CONNECTIONS).content.decode()
    assert "Gerda@example.com" in page
    browser = Browser()
    assert sign_in(browser)["Location"] == reverse("admin:index")
    assert browser.get(reverse("admin:index")).status_code == 200
    assert not Client.objects.exists()


def test_a_connected_account_does_not_spare_the_second_factor(company):
    user = staff_with_password()
    connected(user)
    staff_with_app_of(user)
    browser = Browser()
    assert sign_in(browser)["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(browser)


def staff_with_app_of(user: User) -> None:
    other = staff_with_app()
    other.authenticator_set.update(user=user)


def test_staff_disconnect_it(company):
    user = staff_with_password()
    account = connected(user)
    account.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_nobody_disconnects_the_account_of_others(company):
    connected(staff_with_password())
    browser = Browser()
    enter_password(browser, staff_with_password())
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    browser.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.count() == 1


def test_an_account_is_connected_to_one_of_the_staff_only(company):
    first, second = staff_with_password(), staff_with_password()
    connected(first)
    connected(second)
    assert SocialAccount.objects.get().user == first


def test_clients_connect_nothing(company):
    browser = Browser()
    sign_in(browser)
    assert sign_in(browser, process="connect").status_code == 401
    assert not SocialAccount.objects.exists()


def test_connecting_takes_the_password_once_more(company):
    user, browser = staff_with_password(), Browser()
    enter_password(browser, user)
    response = sign_in(browser, process="connect")
    assert response["Location"] == reverse("account_reauthenticate")
    assert not SocialAccount.objects.exists()


# What is not as it should be


def test_a_state_of_another_session_is_refused(company):
    stolen = way_back(Browser().post(BEGIN))
    browser = Browser()
    browser.post(BEGIN)
    assert browser.get(stolen).status_code == 401
    assert not is_signed_in(browser)


def test_a_state_that_nobody_made_is_refused(company):
    browser = Browser()
    browser.post(BEGIN)
    assert browser.get(f"{BACK}?code=a-code&state=made-up").status_code == 401
    assert browser.get(f"{BACK}?code=a-code").status_code == 401
    assert not is_signed_in(browser)


def test_an_answer_works_once(company):
    browser = Browser()
    back = way_back(browser.post(BEGIN))
    browser.get(back)
    browser.post(reverse("account_logout"))
    assert browser.get(back).status_code == 401
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "somebody-else"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"sub": "somebody-else"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_that_is_not_for_us_is_refused(company, wrong):
    company.token = wrong
    browser = Browser()
    response = sign_in(browser)
    assert response.status_code == 401
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(browser)


def test_a_token_signed_by_somebody_else_is_refused(company):
    company.key = FOREIGN_KEY
    browser = Browser()
    assert sign_in(browser).status_code == 401
    assert not is_signed_in(browser)


def test_userinfo_without_a_token_is_refused(company):
    company.has_id_token = False
    assert sign_in(Browser()).status_code == 401


def test_the_code_is_of_use_to_whoever_began_alone(company):
    there = Browser().post(BEGIN)
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    company.asked = {"redirect_uri": asked["redirect_uri"][0], "code_challenge": "another"}
    browser = Browser()
    state = parse_qs(urlsplit(browser.post(BEGIN)["Location"]).query)["state"][0]
    assert browser.get(f"{BACK}?code=a-code&state={state}").status_code == 401


def test_who_cancels_there_is_told_that_nothing_has_changed(company):
    browser = Browser()
    state = parse_qs(urlsplit(browser.post(BEGIN)["Location"]).query)["state"][0]
    page = browser.get(f"{BACK}?error=access_denied&state={state}", follow=True)
    assert page.status_code == 200
    assert "Nothing has changed" in page.content.decode()


def test_a_provider_that_is_away_is_no_error_of_ours(settings):
    with serving() as company:
        away = company.settings()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [oidc_app(away)]}}
    assert Browser().post(BEGIN).status_code == 401


def test_an_unknown_provider_is_not_found(company):
    for name in ["openid_connect_login", "openid_connect_callback"]:
        address = reverse(name, args=["nobody"])
        assert Browser().get(address).status_code == 404
        assert Browser().post(address).status_code == 404


@pytest.mark.parametrize("leads_to", ELSEWHERE)
def test_nobody_is_led_to_another_site(company, leads_to):
    assert sign_in(Browser(), leads_to=leads_to)["Location"] == MINE


def test_the_way_back_is_never_made_from_the_host_of_the_request(company, settings):
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    there = Browser(HTTP_HOST="evil.example").post(BEGIN)
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert asked["redirect_uri"] == [f"http://testserver{BACK}"]


def test_a_form_of_another_site_begins_nothing(company):
    assert Browser(enforce_csrf_checks=True).post(BEGIN).status_code == 403


def test_opening_the_address_begins_nothing(company):
    page = Browser().get(BEGIN)
    assert page.status_code == 200
    assert "Example Company" in page.content.decode()


def test_the_session_is_a_new_one(company):
    browser = Browser()
    there = browser.post(BEGIN)
    before = browser.session.session_key
    browser.get(way_back(there))
    assert browser.session.session_key != before


def test_the_button_is_on_the_page_and_its_policy_lets_it_lead_there(company):
    page = Browser().get(reverse("account_login"))
    assert "Sign in with Example Company" in page.content.decode()
    assert f"form-action 'self' {company.url}" in page["Content-Security-Policy"]


def test_no_other_page_may_post_there(company):
    browser = Browser()
    enter_password(browser, staff_with_password())
    for name in ["account_reset_password", "mfa_index", "admin:index", "enter"]:
        policy = browser.get(reverse(name))["Content-Security-Policy"]
        assert company.url not in policy


def test_the_addresses_of_clients_stay_verified(company):
    sign_in(Browser())
    assert EmailAddress.objects.get().verified
