"""Clients sign in by a code from a mail; nobody else does."""

from __future__ import annotations

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from appointments.models import Client
from tests.clients import log_in_of, make_client
from tests.config.steps import (
    ask_for_code,
    code_in_mail,
    enter_code,
    enter_password,
    is_signed_in,
    known_client,
    staff_with_password,
)
from tests.factories import at, make_appointment, make_resource

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ENTER = reverse("account_confirm_login_code")
ASK = reverse("account_request_login_code")
MINE = reverse("my_appointments")
LAPSES = at("2026-11-20 13:00")


def said(browser: Browser, address: str) -> str:
    return browser.get(address).content.decode()


def test_a_client_signs_in_with_a_code_and_sees_their_appointments():
    gerda, browser = known_client("Gerda@example.com"), Browser()
    assert ask_for_code(browser, "gerda@example.com")["Location"] == ENTER
    response = enter_code(browser, code_in_mail())
    assert (response.status_code, response["Location"]) == (302, MINE)
    gerda.refresh_from_db()
    assert gerda.verified_at is not None
    assert browser.get(MINE).status_code == 200


def test_whoever_only_booked_with_an_address_gets_a_record_with_their_name():
    make_appointment(make_resource(), at("2026-11-24 10:00"), email="gerda@example.com")
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    enter_code(browser, code_in_mail())
    record = Client.objects.get()
    assert (record.first_name, record.last_name, record.email) == (
        "Gerda",
        "Gast",
        "gerda@example.com",
    )
    assert browser.get(MINE).status_code == 200


@pytest.mark.parametrize(
    "fields", [{"status": "pending", "confirm_until": LAPSES}, {"status": "cancelled"}]
)
def test_what_nobody_confirmed_names_nobody(fields):
    """A stranger may have typed the address, with a name and a number of their own."""
    email, resource = "gerda@example.com", make_resource()
    make_appointment(resource, at("2026-11-24 10:00"), email=email)
    strange = {"email": email, "first_name": "Cheap", "last_name": "Pills", "phone": "666"}
    make_appointment(resource, at("2026-11-24 11:00"), **strange, **fields)
    browser = Browser()
    ask_for_code(browser, email)
    enter_code(browser, code_in_mail())
    assert (str(Client.objects.get()), Client.objects.get().phone) == ("Gerda Gast", "")


def test_an_address_that_staff_write_into_a_log_in_opens_no_record_of_another():
    make_client("Gerda Gast")
    make_client("Hans Huber")
    user = log_in_of("gerda@example.com")
    user.email = "hans@example.com"
    user.save()
    for email, name in (("hans@example.com", "Hans Huber"), ("gerda@example.com", "Gerda Gast")):
        browser = Browser()
        ask_for_code(browser, email)
        enter_code(browser, code_in_mail())
        assert str(browser.get(MINE).context["client"]) == name


def test_whom_nothing_names_is_called_by_as_much_of_their_address_as_is_kept():
    email = f"{'g' * 60}@{'h' * 60}.example.com"
    make_appointment(make_resource(), at("2026-11-24 10:00"), email=email, status="cancelled")
    browser = Browser()
    ask_for_code(browser, email)
    enter_code(browser, code_in_mail())
    assert Client.objects.get().last_name == email[:100]


def test_a_second_visit_opens_the_same_log_in():
    known_client()
    for _visit in range(2):
        browser = Browser()
        ask_for_code(browser, "gerda@example.com")
        enter_code(browser, code_in_mail())
    assert (User.objects.count(), Client.objects.count()) == (1, 1)


def test_a_code_may_be_typed_without_its_dash_and_in_small_letters():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    enter_code(browser, code_in_mail().replace("-", "").lower())
    assert is_signed_in(browser)


def test_a_wrong_code_can_be_tried_again():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    assert said(browser, ENTER).count(" autofocus") == 1
    page = enter_code(browser, "BBBB-BBBB")
    assert page.status_code == 200
    assert page.content.decode().count(" autofocus") == 1
    assert "This is not the code that we sent" in page.content.decode()
    enter_code(browser, code_in_mail())
    assert is_signed_in(browser)


def test_after_three_wrong_codes_the_right_one_opens_nothing():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com", leads_to=MINE)
    right = code_in_mail()
    answers = [enter_code(browser, "BBBB-BBBB", leads_to=MINE) for _attempt in range(3)]
    assert answers[-1]["Location"] == f"{ASK}?next=%2Fmy%2F"
    assert said(browser, ASK).count("Please start again") == 1
    enter_code(browser, right)
    assert not is_signed_in(browser)


def test_a_code_is_good_for_ten_minutes():
    known_client()
    with time_machine.travel(at("2026-11-23 10:00"), tick=False) as clock:
        early, late = Browser(), Browser()
        ask_for_code(early, "gerda@example.com")
        first = code_in_mail()
        ask_for_code(late, "gerda@example.com")
        second = code_in_mail()
        clock.shift(10 * 60)
        enter_code(early, first)
        clock.shift(1)
        response = enter_code(late, second)
    assert is_signed_in(early)
    assert (response["Location"], is_signed_in(late)) == (ASK, False)


def test_a_code_that_is_too_old_is_said_to_be():
    known_client()
    browser = Browser()
    with time_machine.travel(at("2026-11-23 10:00"), tick=False) as clock:
        ask_for_code(browser, "gerda@example.com")
        clock.shift(601)
        page = browser.get(ENTER, follow=True).content.decode()
    assert "Your code can’t be used any more" in page


def test_a_code_opens_nothing_in_another_session():
    known_client()
    asked, other, bare = Browser(), Browser(), Browser()
    ask_for_code(other, "gerda@example.com")
    ask_for_code(asked, "gerda@example.com")
    code = code_in_mail()
    assert enter_code(other, code).status_code == 200
    assert enter_code(bare, code)["Location"] == ASK
    assert not is_signed_in(other)
    assert not is_signed_in(bare)


def test_a_code_works_once():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    code = code_in_mail()
    enter_code(browser, code)
    browser.post(reverse("account_logout"))
    enter_code(browser, code)
    assert not is_signed_in(browser)


def test_another_code_replaces_the_first():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    first = code_in_mail()
    browser.post(ENTER, {"action": "resend"})
    second = code_in_mail()
    assert second not in {"", first}
    enter_code(browser, first)
    assert not is_signed_in(browser)
    enter_code(browser, second)
    assert is_signed_in(browser)


def test_whoever_mistyped_their_address_gets_back_to_where_it_is_typed():
    known_client()
    browser = Browser()
    ask_for_code(browser, "greda@example.com", leads_to=MINE)
    page = said(browser, f"{ENTER}?next={MINE}")
    back = f"{reverse('account_login')}?next={MINE}"
    assert f'name="next" value="{back}"' in page
    assert browser.post(reverse("account_logout"), {"next": back})["Location"] == back
    assert 'name="email"' in said(browser, back)
    ask_for_code(browser, "gerda@example.com")
    enter_code(browser, code_in_mail())
    assert is_signed_in(browser)


# Who gets none


def colleague_and_client() -> User:
    user = staff_with_password()
    known_client(user.email.upper())
    return user


@pytest.mark.parametrize("make", [staff_with_password, colleague_and_client])
def test_staff_get_a_letter_in_place_of_a_code(make):
    user, browser = make(), Browser()
    ask_for_code(browser, user.email)
    assert code_in_mail() == ""
    assert "user name and password" in mail.outbox[0].body
    enter_code(browser, "")
    assert not is_signed_in(browser)
    assert User.objects.count() == 1


def test_unknown_addresses_get_a_letter_and_no_log_in():
    browser = Browser()
    ask_for_code(browser, "nobody@example.com")
    assert "To book you need no account" in mail.outbox[0].body
    assert not User.objects.exists()


def test_a_closed_log_in_gets_no_code_and_no_second_log_in():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    code = code_in_mail()
    User.objects.update(is_active=False)
    assert enter_code(browser, code)["Location"] == reverse("account_inactive")
    ask_for_code(browser, "gerda@example.com")
    assert (code_in_mail(), User.objects.count(), is_signed_in(browser)) == ("", 1, False)


def test_who_becomes_staff_after_asking_does_not_enter_by_the_code():
    known_client()
    browser = Browser()
    ask_for_code(browser, "gerda@example.com")
    User.objects.update(is_staff=True)
    response = enter_code(browser, code_in_mail())
    assert response["Location"] == reverse("account_login")
    assert not is_signed_in(browser)
    assert browser.get(reverse("admin:index")).status_code == 302


def test_a_client_with_a_password_of_former_days_does_not_enter_by_it():
    user, browser = staff_with_password(is_staff=False), Browser()
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    assert enter_password(browser, user)["Location"] == reverse("account_login")
    assert not is_signed_in(browser)
    assert not Client.objects.exists()


def test_the_answer_is_the_same_for_everybody():
    user = staff_with_password()
    known_client()
    answers = set()
    for email in [user.email, "gerda@example.com", "nobody@example.com"]:
        browser = Browser()
        response = ask_for_code(browser, email)
        page = said(browser, ENTER).replace(email, "…")
        wrong = enter_code(browser, "BBBB-BBBB").content.decode().replace(email, "…")
        assert len(mail.outbox) == 1
        answers.add((response.status_code, response["Location"], bare(page), bare(wrong)))
    assert len(answers) == 1


def bare(page: str) -> str:
    """Without the tokens that differ on each page."""
    lines = [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]
    return "\n".join(lines)
