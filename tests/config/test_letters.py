"""The mails of the log-in: at once, from this site's own address, in the reader's language."""

from __future__ import annotations

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client as Browser
from django.urls import reverse

from appointments.models import OutboxMessage
from tests.config.steps import (
    ask_for_code,
    code_in_mail,
    is_signed_in,
    known_client,
    staff_with_password,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ASK = reverse("account_request_login_code")
FORGOTTEN = reverse("account_reset_password")
FORGED = {"HTTP_HOST": "evil.example"}


def test_the_letter_has_the_code_in_both_versions_and_no_link():
    known_client()
    ask_for_code(Browser(), "gerda@example.com")
    (letter,) = mail.outbox
    html = letter.alternatives[0].content
    assert letter.subject == "Your code for Slotkey"
    assert letter.from_email == "Slotkey <booking@example.com>"
    assert letter.to == ["gerda@example.com"]
    assert letter.extra_headers == {"Auto-Submitted": "auto-generated"}
    assert code_in_mail() in html
    assert "http" not in letter.body
    assert "href" not in html
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("email", ["gerda@example.com", "nobody@example.com"])
def test_letters_are_in_the_language_of_the_page(email, settings):
    known_client()
    Browser(HTTP_ACCEPT_LANGUAGE="de").post(ASK, {"email": email})
    assert '<html lang="de">' in mail.outbox[0].alternatives[0].content


def test_no_letter_is_made_from_the_host_of_the_request(settings):
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    known_client()
    colleague = staff_with_password()
    for email in ["gerda@example.com", "nobody@example.com", colleague.email]:
        Browser(**FORGED).post(ASK, {"email": email})
        Browser(**FORGED).post(FORGOTTEN, {"email": email})
    assert len(mail.outbox) == 6
    for letter in mail.outbox:
        whole = letter.message().as_string() + letter.body + letter.alternatives[0].content
        assert "evil.example" not in whole
    assert "http://testserver/account/password/new/" in mail.outbox[-1].body


class Refusing(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({})


class Away(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


@pytest.mark.parametrize("backend", [Refusing, Away])
@pytest.mark.parametrize("page", [ASK, FORGOTTEN])
@pytest.mark.parametrize("email", ["gerda@example.com", "nobody@example.com"])
def test_where_mail_cannot_be_sent_the_page_says_so(backend, page, email, settings):
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"
    known_client()
    browser = Browser()
    response = browser.post(page, {"email": email, "next": "/my/"})
    assert (response.status_code, response["Location"]) == (302, f"{page}?next=%2Fmy%2F")
    assert "We can’t send mails at the moment" in browser.get(page).content.decode()


def test_where_another_code_cannot_be_sent_the_first_one_still_works(settings):
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    first = code_in_mail()
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    enter = reverse("account_confirm_login_code")
    assert browser.post(enter, {"action": "resend"})["Location"] == enter
    browser.post(enter, {"code": first})
    assert is_signed_in(browser)
