"""Staff sign in by password, and choose a new one by a link from a mail."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from tests.config.steps import (
    PASSWORD,
    enter_password,
    is_signed_in,
    known_client,
    staff_with_app,
    staff_with_password,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LOG_IN = reverse("account_login")
FORGOTTEN = reverse("account_reset_password")
ANOTHER = "a quite different pass phrase"


def test_staff_sign_in_by_user_name_or_address():
    user = staff_with_password()
    for name in [user.username, user.email]:
        browser = Browser()
        response = browser.post(LOG_IN, {"login": name, "password": PASSWORD})
        assert response["Location"] == reverse("admin:index")
        assert is_signed_in(browser)


def test_a_wrong_password_is_said_in_place_and_says_nothing_of_who_exists():
    user, browser = staff_with_password(), Browser()
    known = enter_password(browser, user, "wrong")
    unknown = browser.post(LOG_IN, {"login": "nobody", "password": "wrong"})
    for page in [known, unknown]:
        assert page.status_code == 200
        assert "This user name and this password do not belong together" in page.content.decode()
        assert '<details class="way" open>' in page.content.decode()


def test_a_closed_account_is_told_so():
    user, browser = staff_with_password(is_active=False), Browser()
    assert enter_password(browser, user)["Location"] == reverse("account_inactive")
    assert browser.get(reverse("account_inactive")).status_code == 200
    assert not is_signed_in(browser)


def test_who_wants_into_the_admin_finds_the_password_first():
    page = Browser().get(reverse("admin:index"), follow=True)
    assert page.redirect_chain[-1][0] == f"{LOG_IN}?next=%2Fadmin%2F"
    text = page.content.decode()
    assert text.index('name="password"') < text.index('name="email"')
    assert '<details class="way" open>' in text


def test_clients_find_the_code_first():
    text = Browser().get(LOG_IN).content.decode()
    assert text.index('name="email"') < text.index('name="password"')
    assert '<details class="way">' in text


# A new one


def link_in_mail() -> str:
    (letter,) = mail.outbox
    found = re.search(r"http://testserver(/account/password/new/\S+)", letter.body)
    return found.group(1) if found else ""


def choose(browser: Browser, link: str, password: str = ANOTHER) -> None:
    form = browser.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    browser.post(address, {"password1": password, "password2": password})


def test_staff_choose_a_new_password_by_a_link_that_works_once():
    user, browser = staff_with_password(), Browser()
    browser.post(FORGOTTEN, {"email": user.email.upper()})
    assert mail.outbox[0].subject == "Choose a new password at Slotkey"
    link = link_in_mail()
    choose(browser, link)
    assert enter_password(browser, user).status_code == 200
    assert not is_signed_in(browser)
    enter_password(browser, user, ANOTHER)
    assert is_signed_in(browser)
    page = Browser().get(link)
    assert "This link has been used" in page.content.decode()


def test_a_new_password_alone_signs_nobody_in_nor_passes_the_second_factor():
    user, browser = staff_with_app(), Browser()
    browser.post(FORGOTTEN, {"email": user.email})
    choose(browser, link_in_mail())
    assert not is_signed_in(browser)
    assert enter_password(browser, user, ANOTHER)["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(browser)


def test_a_weak_password_is_refused():
    user, browser = staff_with_password(), Browser()
    browser.post(FORGOTTEN, {"email": user.email})
    choose(browser, link_in_mail(), "12345678")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_nobody_else_gets_a_link_and_the_answer_is_the_same():
    user = staff_with_password()
    without = staff_with_password(password=None)
    closed = staff_with_password(is_active=False)
    known_client()
    browser = Browser()
    browser.post(reverse("account_request_login_code"), {"email": "gerda@example.com"})
    answers = set()
    addresses = [user.email, without.email, closed.email, "gerda@example.com", "no@example.com"]
    for email in addresses:
        mail.outbox.clear()
        response = Browser().post(FORGOTTEN, {"email": email})
        answers.add((response.status_code, response["Location"], len(mail.outbox)))
        assert bool(link_in_mail()) == (email == user.email)
    assert len(answers) == 1


def test_an_address_of_former_days_gets_no_link():
    user = staff_with_password()
    EmailAddress.objects.create(user=user, email="former@example.com", verified=True)
    Browser().post(FORGOTTEN, {"email": "former@example.com"})
    assert link_in_mail() == ""


def test_a_client_is_told_that_they_need_none():
    known_client()
    Browser().post(reverse("account_request_login_code"), {"email": "gerda@example.com"})
    mail.outbox.clear()
    Browser().post(FORGOTTEN, {"email": "gerda@example.com"})
    assert "You need none" in mail.outbox[0].body
