"""Settings fail loudly on a value that cannot be meant, and are safe in production."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_a_provider_and_a_shared_cache_are_taken_as_they_are_meant():
    done = check(OIDC_PROVIDERS=PROVIDERS, CACHE_URL="redis://127.0.0.1:6379/0")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "required"),
    [({}, True), ({"DEBUG": "true"}, False), ({"REQUIRE_SECOND_FACTOR": "false"}, False)],
    ids=["production", "development", "switched off"],
)
def test_a_second_factor_is_required_in_production(changes, required):
    environment = {**PRODUCTION, **changes, "PATH": os.environ["PATH"], "ENV_FILE": os.devnull}
    command = [
        sys.executable,
        "-c",
        "from config import settings as s; print(s.REQUIRE_SECOND_FACTOR)",
    ]
    printed = subprocess.check_output(command, cwd=ROOT, env=environment, text=True)
    assert printed.strip() == str(required)


def test_a_secret_key_has_to_be_given():
    done = check(SECRET_KEY="")
    assert "SECRET_KEY" in done.stderr.splitlines()[-1]


def test_what_the_address_of_a_database_says_goes_before_our_own_defaults():
    url = (
        "postgres://user:password@host/name?sslmode=require&prepare_threshold=999999999"
        "&options=-c%20statement_timeout%3D9s"
    )
    environment = {**PRODUCTION, "DATABASE_URL": url, "PATH": os.environ["PATH"]}
    printed = subprocess.check_output(
        [sys.executable, "-c", "from config import settings as s; print(s.DATABASES['default'])"],
        cwd=ROOT,
        env={**environment, "ENV_FILE": os.devnull},
        text=True,
    )
    assert "'sslmode': 'require'" in printed
    assert "'prepare_threshold': 999999999" in printed
    assert "'options': '-c lock_timeout=5s -c jit=off -c statement_timeout=9s'" in printed
