"""Settings fail loudly on a value that cannot be meant, and are safe in production."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import get_resolver

from config.environment import prefixes

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "fJ2-wq8Zr_71kLmXa0PvT5sYbN3dHc6uGe9oRi4tWzQxVnKy-8Bh3Md",
    "PUBLIC_BASE_URL": "https://booking.example.com",
    "BEHIND_TLS_PROXY": "true",
    "EMAIL_URL": "smtp://127.0.0.1:2525",
}
PROVIDERS = (
    '[{"id": "company", "name": "Example Company", "server_url": "https://id.example.com",'
    ' "client_id": "slotkey", "secret": "a secret"}]'
)


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    """``manage.py check --deploy`` in an environment of its own, without any ``.env``."""
    environment = {**PRODUCTION, **changes, "PATH": os.environ["PATH"], "ENV_FILE": os.devnull}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_deployment_check_is_clean():
    done = check()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("SECRET_KEY", "short"),
        ("PUBLIC_BASE_URL", "booking.example.com"),
        ("PUBLIC_BASE_URL", "https://booking.example.com/path"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("INVITATION_URL_PREFIXES", "Invite me"),
        ("INVITATION_URL_PREFIXES", "invite,invite"),
        ("INVITATION_URL_PREFIXES", "admin"),
        ("DEFAULT_FROM_EMAIL", "Example, Inc. <booking@example.com>"),
        ("SITE_LOGO_URL", "https://cdn.example.com/logo.svg"),
        ("SITE_LOGO_URL", "//cdn.example.com/logo.svg"),
        ("TIME_ZONE", "Mars/Base"),
        ("TRUSTED_PROXIES", "true"),
        ("LIMIT_PER_ADDRESS", "-1"),
        ("SITE_ACCENT", "green"),
        ("LANGUAGE_CODE", "xx"),
        ("WEEK_STARTS_ON", "friday"),
        ("EMAIL_URL", "pigeon://coop"),
        ("BEHIND_TLS_PROXY", "perhaps"),
        ("REQUIRE_SECOND_FACTOR", "sometimes"),
        ("CACHE_URL", "memory://"),
        ("OIDC_PROVIDERS", "company"),
        ("OIDC_PROVIDERS", "{}"),
        ("OIDC_PROVIDERS", '[{"id": "company"}]'),
        ("OIDC_PROVIDERS", PROVIDERS.replace('"a secret"', '""')),
        ("OIDC_PROVIDERS", PROVIDERS.replace("https", "http")),
        ("OIDC_PROVIDERS", PROVIDERS.replace('"company"', '"Our company"')),
        ("OIDC_PROVIDERS", f"[{PROVIDERS[1:-1]}, {PROVIDERS[1:-1]}]"),
    ],
)
def test_a_value_that_cannot_be_meant_ends_the_start_with_its_name(name, value):
    done = check(**{name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hunter2"),
        ("DATABASE_URL", "mysql://user:hunter2@host/x"),
        ("EMAIL_URL", "smpt://user:hunter2@host"),
        ("OIDC_PROVIDERS", '[{"id": "company", "secret": "hunter2"}]'),
        ("OIDC_PROVIDERS", '[{"secret": "hunter2"'),
    ],
)
def test_a_refused_secret_is_not_printed(name, value):
    done = check(**{name: value})
    assert done.returncode != 0
    assert "hunter2" not in done.stderr + done.stdout


def printed(expression: str, **changes: str) -> str:
    """What an expression about the settings comes to."""
    environment = {**PRODUCTION, **changes, "PATH": os.environ["PATH"], "ENV_FILE": os.devnull}
    command = [sys.executable, "-c", f"from config import settings as s; print({expression})"]
    return subprocess.check_output(command, cwd=ROOT, env=environment, text=True).strip()


def test_a_title_of_any_kind_stands_before_the_address_of_mails():
    found = printed("s.DEFAULT_FROM_EMAIL, s.SERVER_EMAIL", SITE_TITLE="Müller, Söhne & Co")
    assert found == '"Müller, Söhne & Co" <booking@localhost> booking@localhost'


def test_no_prefix_of_links_hides_another_page():
    found = first_segments(get_resolver().url_patterns)
    for segment in found.difference(settings.INVITATION_URL_PREFIXES):
        with pytest.raises(ValueError, match="taken"):
            prefixes(segment)


def first_segments(patterns: Any) -> set[str]:
    """Those of all addresses that could be a prefix."""
    found = set()
    for pattern in patterns:
        first, _slash, _rest = str(pattern.pattern).lstrip("^").partition("/")
        if first:
            found.add(first)
        else:
            found |= first_segments(pattern.url_patterns)
    return {each for each in found if each.replace("-", "").isalpha()}


def test_a_provider_and_a_shared_cache_are_taken_as_they_are_meant():
    done = check(OIDC_PROVIDERS=PROVIDERS, CACHE_URL="redis://127.0.0.1:6379/0")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "required"),
    [({}, True), ({"DEBUG": "true"}, False), ({"REQUIRE_SECOND_FACTOR": "false"}, False)],
    ids=["production", "development", "switched off"],
)
def test_a_second_factor_is_required_in_production(changes, required):
    assert printed("s.REQUIRE_SECOND_FACTOR", **changes) == str(required)


def test_a_secret_key_has_to_be_given():
    done = check(SECRET_KEY="")
    assert "SECRET_KEY" in done.stderr.splitlines()[-1]


def test_what_the_address_of_a_database_says_goes_before_our_own_defaults():
    url = (
        "postgres://user:password@host/name?sslmode=require&prepare_threshold=999999999"
        "&options=-c%20statement_timeout%3D9s"
    )
    found = printed("s.DATABASES['default']", DATABASE_URL=url)
    assert "'sslmode': 'require'" in found
    assert "'prepare_threshold': 999999999" in found
    assert "'options': '-c lock_timeout=5s -c jit=off -c statement_timeout=9s'" in found
