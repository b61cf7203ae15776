"""Signing in as people do: clients with a code from their mail, staff with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from config.environment import oidc_app
from tests.browser.conftest import keep_screenshot
from tests.config.oidc_server import serving
from tests.config.steps import PASSWORD, app_code, code_in_mail, known_client, staff_with_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (768, "dark"),
    (320, "light"),
]
# Without preloading: axe would insert a style of its own, which the policy forbids.
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}
MINE = reverse("my_appointments")


@pytest.fixture(autouse=True)
def _here(settings: Any, live_server: Any) -> None:
    """Passkeys are made for the address at which the site stands."""
    settings.PUBLIC_BASE_URL = live_server.url
    settings.REQUIRE_SECOND_FACTOR = True


def look(page: Page, name: str, scripts: bool = True) -> None:
    """Keep pictures of a page, and hold that no size or scheme spoils it."""
    before = page.viewport_size
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        keep_screenshot(page, f"sign-in-{name}-{width}-{scheme}")
        assert page.locator("h1").count() == 1
        if scripts:
            results = Axe().run(page, options=AXE_OPTIONS)
            assert results.violations_count == 0, results.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert before
    page.set_viewport_size(before)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_client_signs_in_with_the_code_from_the_mail(
    new_page: Callable[..., Page], scripts: bool
) -> None:
    known_client("gerda.hohenstein-leutheusser@versicherungsgesellschaft.example.com")
    page = new_page(320, java_script_enabled=scripts)
    page.goto(MINE)
    look(page, "begin", scripts)
    page.get_by_label("E-mail address").first.fill(
        "gerda.hohenstein-leutheusser@versicherungsgesellschaft.example.com"
    )
    press(page, "Send me a code")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    page.get_by_label("Code").fill("BBBB-BBBB")
    press(page, "Sign in")
    expect(page.get_by_text("This is not the code that we sent")).to_be_visible()
    look(page, "code", scripts)
    press(page, "Send another code")
    page.get_by_label("Code").fill(code_in_mail())
    press(page, "Sign in")
    page.wait_for_url(f"**{MINE}")


def test_three_wrong_codes_lead_back_with_a_word_why(new_page: Callable[..., Page]) -> None:
    page = new_page(320)
    page.goto(MINE)
    page.get_by_label("E-mail address").first.fill("nobody@example.com")
    press(page, "Send me a code")
    for _attempt in range(3):
        page.get_by_label("Code").fill("BBBB-BBBB")
        press(page, "Sign in")
    expect(page.get_by_text("Please start again")).to_be_visible()
    look(page, "again")


def into_the_admin(page: Page, user: User) -> None:
    page.goto(reverse("admin:index"))
    page.get_by_label("User name or e-mail address").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def set_up_app(page: Page, scripts: bool = True) -> None:
    """From the overview to the recovery codes."""
    page.get_by_role("link", name="Set up the app").click()
    look(page, "password-again", scripts)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    look(page, "app", scripts)
    secret = page.locator("code").inner_text()
    page.get_by_label("Authenticator code").fill(app_code(secret))
    press(page, "Set it up")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def add_authenticator(page: Page) -> None:
    """A security key that vouches for whoever is there, as Chromium plays it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_staff_set_up_an_app_then_a_passkey_and_enter_by_it(new_page: Callable[..., Page]) -> None:
    user = staff_with_password(is_superuser=True)
    page = new_page()
    add_authenticator(page)
    page.goto(reverse("admin:index"))
    look(page, "staff")
    into_the_admin(page, user)
    expect(page.get_by_text("Before you go on")).to_be_visible()
    look(page, "required")
    set_up_app(page)
    look(page, "recovery-codes")
    page.get_by_role("link", name="Go on to the overview").click()
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("link", name="Add a passkey").click()
    look(page, "passkey")
    page.get_by_label("Name").fill("The key on my desk")
    press(page, "Add a passkey")
    expect(page.get_by_text("You have one.")).to_be_visible()
    look(page, "overview")
    page.get_by_role("link", name="See the passkeys").click()
    expect(page.get_by_text("The key on my desk").first).to_be_visible()
    look(page, "passkeys")
    page.goto(reverse("mfa_index"))
    press(page, "Sign out")
    into_the_admin(page, user)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor, please")
    look(page, "second-factor")
    press(page, "Use a passkey")
    page.wait_for_url(f"**{reverse('admin:index')}")


def test_staff_enter_by_the_app_without_scripts(new_page: Callable[..., Page]) -> None:
    user = staff_with_password(is_superuser=True)
    page = new_page(320, java_script_enabled=False)
    into_the_admin(page, user)
    set_up_app(page, scripts=False)
    page.get_by_role("link", name="Go on to the overview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_a_client_signs_in_at_the_company(new_page: Callable[..., Page], settings: Any) -> None:
    with serving() as company:
        company.person = {"sub": "g-1", "email": "gerda@example.com", "email_verified": True}
        provider = {**company.settings(), "name": "Norddeutsche Versicherungsgesellschaft"}
        use_provider(settings, provider)
        page = new_page(320)
        page.goto(MINE)
        look(page, "provider")
        press(page, "Sign in with Norddeutsche Versicherungsgesellschaft")
        page.wait_for_url(f"**{MINE}")


def use_provider(settings: Any, provider: dict[str, str]) -> None:
    settings.OIDC_PROVIDERS = [provider]
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [oidc_app(provider)]}
    }


@pytest.mark.parametrize(
    "name",
    [
        "account_reset_password",
        "account_reset_password_done",
        "account_inactive",
        "socialaccount_login_cancelled",
    ],
)
def test_a_page_suits_people_and_their_tools(new_page: Callable[..., Page], name: str) -> None:
    page = new_page()
    page.goto(reverse(name))
    look(page, name)
