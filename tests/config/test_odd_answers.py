"""A provider whose answers cannot be meant is no error of ours, and opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from appointments.models import Client
from tests.config.oidc_server import KEY, Company
from tests.config.steps import is_signed_in
from tests.config.test_providers import BEGIN, GERDA, sign_in
from tests.config.test_providers import company as company

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def without(page: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in page.items() if key != name}


def signed(company: Company, algorithm: str, key: Any, **headers: str) -> str:
    claims = jwt.decode(company.id_token(), options={"verify_signature": False})
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def has_keys_without_names(company: Company) -> None:
    keys = [without(key, "kid") for key in company.keys()["keys"]]
    company.keys = lambda: {"keys": keys}


def has_no_keys(company: Company) -> None:
    company.keys = dict


def signs_nothing(company: Company) -> None:
    token = signed(company, "none", None, kid="1")
    company.id_token = lambda: token


def signs_by_a_word(company: Company) -> None:
    token = signed(company, "HS256", "a word that everybody knows, of 32 letters", kid="1")
    company.id_token = lambda: token


def names_no_key(company: Company) -> None:
    token = signed(company, "RS256", KEY)
    company.id_token = lambda: token


def says_nothing_of_people(company: Company) -> None:
    page = without(company.discovery(), "userinfo_endpoint")
    company.discovery = lambda: page


def names_nobody(company: Company) -> None:
    company.person = {**GERDA, "sub": ""}


@pytest.mark.parametrize(
    "odd",
    [
        has_keys_without_names,
        has_no_keys,
        signs_nothing,
        signs_by_a_word,
        names_no_key,
        says_nothing_of_people,
        names_nobody,
    ],
)
def test_whoever_comes_back_is_told_that_it_did_not_work(
    company: Company, odd: Callable[[Company], None]
):
    odd(company)
    browser = Browser()
    response = sign_in(browser)
    assert response.status_code == 401
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(browser)


def test_the_log_says_what_went_wrong_and_no_token(company, caplog):
    signs_nothing(company)
    sign_in(Browser())
    (line,) = [record.msg for record in caplog.records if record.name == "sign_in"]
    assert (line["id"], line["cause"]) == ("company", "InvalidKeyError")
    assert company.id_token() not in str(line)


def test_nobody_is_sent_to_a_provider_that_does_not_say_where(company):
    company.discovery = lambda: {"error": "down for maintenance"}
    assert Browser().post(BEGIN).status_code == 401


@pytest.mark.parametrize(
    "email",
    [
        "no address",
        "gerda\0@example.com",
        "gerda@example.com\r\nBcc: other@example.com",
        f"{'g' * 60}@{'example.' * 30}com",
        ["gerda@example.com"],
        "gerda@\ud800.example",
    ],
    ids=ascii,
)
def test_what_is_no_address_opens_nothing(company, email):
    company.person = {**GERDA, "email": email}
    assert sign_in(Browser()).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["Ger\0da", "\ud800", ["Gerda"]], ids=ascii)
def test_what_is_no_name_is_left_out(company, name):
    company.person = {**GERDA, "given_name": name}
    sign_in(Browser())
    record = Client.objects.get()
    assert (record.first_name, record.last_name) == ("", "Gast")
