"""No form of another site acts: by Django's token everywhere, by a signed one on guests' pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import time_machine
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client as Browser
from django.urls import resolve, reverse

from appointments.confirming import confirm_path
from appointments.form_tokens import hand_out
from appointments.models import (
    Appointment,
    AppointmentEvent,
    MessageKind,
    OutboxMessage,
    Status,
)
from invitations.models import InvitationKey
from tests.addresses import Route, routes
from tests.factories import at, make_invitation
from tests.invitations.pages import DETAILS, hidden_fields, open_form
from tests.staff import make_administrator

pytestmark = [pytest.mark.django_db]

EVIL = "https://evil.example"
TEN, ELEVEN = "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"

VALUES = {"key": "x" * 32, "week": "2026-W48", "uidb36": "1", "rest": "x", "url": "x"}
NUMBERS = ("app_label", "appointment", "draft", "id", "invitation", "kind", "link", "name")
NUMBERS = (*NUMBERS, "object_id", "one", "other", "part", "pk", "prospect_list", "provider_id")
NUMBERS = (*NUMBERS, "recipient", "upload")
ADDRESSES = {route: route.address({**dict.fromkeys(NUMBERS, 1), **VALUES}) for route in routes()}

KEY = "appointment/(?P<key>[A-Za-z0-9_-]{16,64})/"
WITHOUT_DJANGOS_TOKEN = {
    # Guests need no cookie (rule L6). What these change asks for a signed token of the form,
    # or for the code of a mail.
    f"^{KEY}$",
    f"^{KEY}details/$",
    f"^{KEY}cancel/$",
    f"^{KEY}confirm/$",
    f"^{KEY}confirm/again/$",
    rf"^{KEY}appointment\.ics$",
    r"^feed/(?P<key>[A-Za-z0-9_-]{16,64})\.ics$",
    "appointment/<key:key>/move/",
    "appointment/<key:key>/move/to/",
    "appointment/<key:key>/move/<week:week>/",
    "appointment/<key:key>/move/<week:week>/zone/",
    # Mail programs send it (RFC 8058); the key does nothing else.
    "unsubscribe/<key:key>/",
    "invite/",
    "invite/<key:key>/",
    "invite/<key:key>/<week:week>/",
    "invite/<key:key>/zone/",
    "invite/<key:key>/<week:week>/zone/",
    "invite/<key:key>/book/",
    "invite/<key:key>/opened/",
    "old/<path:rest>",
}


def is_exempt(route: Route) -> bool:
    return getattr(route.view, "csrf_exempt", False)


PROTECTED = [address for route, address in ADDRESSES.items() if not is_exempt(route)]


def test_the_addresses_of_these_tests_are_those_of_their_views():
    wrong = [route.pattern for route, address in ADDRESSES.items() if not reaches(route, address)]
    assert wrong == []
    assert len(PROTECTED) > 100


def reaches(route: Route, address: str) -> bool:
    """Whether an address leads there, or to a route before it that catches as much."""
    found = resolve(address).func
    return found == route.view or is_exempt(route) == getattr(found, "csrf_exempt", False)


def test_what_does_without_djangos_token_is_listed():
    assert {route.pattern for route in ADDRESSES if is_exempt(route)} == WITHOUT_DJANGOS_TOKEN


def signed_in() -> Browser:
    """An administrator whose browser has a cookie for forms; nothing but the token is missing."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(make_administrator())
    browser.get(reverse("admin:index"))
    browser.get(reverse("admin:password_change"))
    assert "csrftoken" in browser.cookies
    return browser


def test_a_post_without_a_token_with_another_or_from_another_site_is_refused_everywhere():
    browser = signed_in()
    own, foreign = browser.cookies["csrftoken"].value, _get_new_csrf_string()
    for address in PROTECTED:
        tries = [
            browser.post(address),
            browser.post(address, {"csrfmiddlewaretoken": foreign}),
            browser.post(address, {"csrfmiddlewaretoken": own}, headers={"Origin": EVIL}),
            browser.post(address, {"csrfmiddlewaretoken": own}, headers={"Origin": "null"}),
            Browser(enforce_csrf_checks=True).post(address, {"csrfmiddlewaretoken": own}),
        ]
        assert [response.status_code for response in tries] == [403] * 5, address


def test_with_the_token_the_same_posts_arrive_so_that_these_refusals_mean_something():
    browser = signed_in()
    own = browser.cookies["csrftoken"].value
    address = reverse("account_logout")
    assert browser.post(address, {"csrfmiddlewaretoken": own}).status_code == 302


# Pages with a signed token


class Form(NamedTuple):
    """A guest's form: where it is sent, what it says, and what its token has to be good for."""

    address: str
    fields: dict[str, str]
    scope: str


def booked(key: InvitationKey) -> Appointment:
    browser, url = Browser(), f"/invite/{key.key}/"
    browser.post(f"{url}book/", open_form(browser, url, TEN))
    return Appointment.objects.get()


def forms_of(key: InvitationKey, appointment: Appointment) -> Iterator[Form]:
    own = appointment.get_absolute_url()
    yield Form(f"/invite/{key.key}/book/", {**DETAILS, "start": ELEVEN}, key.key)
    yield Form(f"{own}details/", {**DETAILS, "first_name": "Eve"}, f"details:{appointment.key}")
    yield Form(f"{own}move/to/", {"start": ELEVEN}, f"move:{appointment.key}")
    yield Form(f"{own}cancel/", {"reason": "Ill"}, f"cancel:{appointment.key}")


@pytest.fixture
def friday():
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        yield at("2026-11-20 12:00")


def everything() -> list[Any]:
    """All that a guest's form could change."""
    models = (Appointment, AppointmentEvent, OutboxMessage)
    return [list(model.objects.order_by("pk").values()) for model in models]


def bad_tokens(form: Form, others: list[str], friday: Any) -> Iterator[dict[str, str]]:
    yield {}
    yield {"form_token": ""}
    yield {"form_token": "forged"}
    yield {"form_token": hand_out(form.scope, friday)[:-1]}
    for scope in others:
        yield {"form_token": hand_out(scope, friday)}
    with time_machine.travel(at("2026-11-19 11:59"), tick=False):
        yesterday = hand_out(form.scope, at("2026-11-19 11:59"))
    yield {"form_token": yesterday}


@pytest.mark.database
@pytest.mark.parametrize("number", range(4))
def test_l6_guests_forms_act_with_a_token_of_their_own_and_no_other(friday, number):
    key = make_invitation()
    appointment = booked(key)
    form = list(forms_of(key, appointment))[number]
    others = [other.scope for other in forms_of(key, appointment) if other != form]
    others += [f"{form.scope}x", "x" * 32, form.scope.replace(key.key, make_invitation().key)]
    before = everything()
    for token in bad_tokens(form, [scope for scope in others if scope != form.scope], friday):
        response = Browser().post(form.address, {**form.fields, **token})
        assert (response.status_code, everything() == before) == (422, True), token
        assert hidden_fields(response)["form_token"] not in token.values()
    fresh = {**form.fields, "form_token": hand_out(form.scope, friday)}
    assert Browser().post(form.address, fresh).status_code == 303
    assert everything() != before


@pytest.mark.database
def test_l6_a_booking_is_confirmed_by_the_code_of_its_mail_alone(friday):
    appointment = booked(make_invitation())
    until = at("2026-11-20 13:00")
    Appointment.objects.update(status=Status.PENDING, confirm_until=until)
    appointment.refresh_from_db()
    path = confirm_path(appointment)
    before = everything()
    for address in (path.split("?")[0], f"{path}x", path[:-1], f"{path.split('=')[0]}=forged"):
        assert Browser().post(address).status_code == 303
        assert everything() == before
    Browser().post(path)
    assert Appointment.objects.get().status == Status.SCHEDULED


@pytest.mark.database
def test_l6_another_mail_is_asked_for_with_a_token_of_its_own_alone(friday):
    appointment = booked(make_invitation())
    Appointment.objects.update(status=Status.PENDING, confirm_until=at("2026-11-20 13:00"))
    OutboxMessage.objects.exclude(kind=MessageKind.GUEST_BOOKED).delete()
    OutboxMessage.objects.update(kind=MessageKind.GUEST_CONFIRM)
    address, scope = reverse("appointment_ask_again", args=[appointment.key]), "confirm:"
    with time_machine.travel(at("2026-11-20 12:10"), tick=False):
        before = everything()
        for token in ("", "forged", hand_out(f"cancel:{appointment.key}", friday)):
            assert Browser().post(address, {"form_token": token}).status_code == 303
            assert everything() == before
        Browser().post(address, {"form_token": hand_out(scope + appointment.key, friday)})
        assert everything() != before
