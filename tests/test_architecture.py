"""What holds for the project as a whole: imports run one way, nothing pends, nothing is missed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ["scheduling.engine", "scheduling", "appointments", "invitations", "config"]


def layer_of(module: str) -> int | None:
    """The most specific layer that a module belongs to, None for other people's."""
    found = [name for name in LAYERS if module == name or module.startswith(f"{name}.")]
    return LAYERS.index(max(found, key=len)) if found else None


def imports_of(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def modules() -> list[Path]:
    apps = ("scheduling", "appointments", "invitations", "config")
    return [file for app in apps for file in (ROOT / app).rglob("*.py")]


def test_imports_run_one_way():
    wrong = []
    for file in modules():
        own = layer_of(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for name in imports_of(file):
            other = layer_of(name)
            if other is not None and own is not None and other > own:
                wrong.append(f"{file.relative_to(ROOT)} imports {name}")
    assert wrong == []


LATER = {
    "scheduling": r"admin:(appointments|invitations)_|\b(appointment|invitation)\w*__[a-z]",
    "appointments": r"admin:invitations_|\binvitation\w*__[a-z]",
}
"""Addresses of a later app, and relations to it, as an earlier one would write them."""


@pytest.mark.parametrize("app", LATER)
def test_names_of_later_apps_stand_in_no_earlier_one(app):
    named = re.compile(LATER[app])
    files = [file for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    assert [str(file) for file in files if named.search(file.read_text())] == []


def test_no_module_is_named_after_nothing():
    vague = {"utils", "helpers", "services", "common", "misc"}
    assert [file for file in modules() if file.stem in vague] == []


@pytest.mark.django_db
def test_no_migration_is_pending():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


OF_APPOINTMENT = "appointment/(?P<key>[A-Za-z0-9_-]{16,64})/"
PUBLIC = {
    "theme.css",
    "account/inactive/",
    "account/sign-in/",
    "account/sign-in/code/",
    "account/sign-in/code/enter/",
    "account/sign-in/second-factor/",
    "account/password/forgotten/",
    "account/password/forgotten/sent/",
    "account/password/^new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
    "account/password/new/done/",
    "account/providers/<slug:provider_id>/",
    "account/providers/<slug:provider_id>/callback/",
    "account/providers/cancelled/",
    "account/sign-out/",
    "account/sign-up/",
    "healthz",
    "readyz",
    f"^{OF_APPOINTMENT}$",
    f"^{OF_APPOINTMENT}cancel/$",
    f"^{OF_APPOINTMENT}confirm/$",
    f"^{OF_APPOINTMENT}confirm/again/$",
    f"^{OF_APPOINTMENT}details/$",
    rf"^{OF_APPOINTMENT}appointment\.ics$",
    "appointment/<key:key>/move/",
    "appointment/<key:key>/move/to/",
    "appointment/<key:key>/move/<week:week>/",
    "appointment/<key:key>/move/<week:week>/zone/",
    r"^feed/(?P<key>[A-Za-z0-9_-]{16,64})\.ics$",
    r"^portraits/(?P<name>[\w-][\w.-]{0,99})$",
    "outbox/",
    "embed/v1.js",
    "embed.js",
    "unsubscribe/<key:key>/",
    "customer-website/",
    "outbox/<str:name>/<int:part>/",
    "invite/",
    "invite/<key:key>/",
    "invite/<key:key>/<week:week>/",
    "invite/<key:key>/zone/",
    "invite/<key:key>/<week:week>/zone/",
    "invite/<key:key>/book/",
    "invite/<key:key>/opened/",
    "old/<path:rest>",
}
"""The pages that need no log-in."""


def views(patterns, prefix=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern.callback


def test_every_page_without_log_in_is_meant_to_be():
    public = {
        route
        for route, view in views(get_resolver().url_patterns)
        if not getattr(view, "login_required", True) and not route.startswith("admin/")
    }
    assert public == PUBLIC


def rules() -> set[str]:
    return set(re.findall(r"^- ([TABLM]\d+) ", (ROOT / "docs" / "rules.md").read_text(), re.M))


CODE = r"(?<![A-Za-z0-9])([TABLMtablm]\d{1,2})(?![A-Za-z0-9])"


def test_every_rule_is_named_by_a_test():
    named = set()
    for file in (ROOT / "tests").rglob("*.py"):
        named |= {code.upper() for code in re.findall(CODE, file.read_text())}
    assert rules() - named == set()


def test_rules_are_found():
    assert len(rules()) == 6 + 10 + 8 + 8 + 2
