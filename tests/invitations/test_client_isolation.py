"""A client sees, changes and learns nothing of another's, at whatever address of the site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client as Browser

from appointments.form_tokens import hand_out
from appointments.models import Appointment, CalendarFeed, Client
from invitations.models import InvitationKey, Recipient
from tests.addresses import Route, routes
from tests.clients import browser_of, make_client
from tests.factories import at, make_appointment, make_invitation, make_resource, make_territory
from tests.invitations.pages import hidden_fields, text
from tests.invitations.prospects.lists import make_list, make_recipient

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

KEY = "appointment/(?P<key>[A-Za-z0-9_-]{16,64})/"
OPENED_BY_A_KEY = {
    # Of an appointment: whoever has its key acts as its guest.
    f"^{KEY}$",
    f"^{KEY}details/$",
    f"^{KEY}cancel/$",
    f"^{KEY}confirm/$",
    f"^{KEY}confirm/again/$",
    rf"^{KEY}appointment\.ics$",
    "appointment/<key:key>/move/",
    "appointment/<key:key>/move/to/",
    "appointment/<key:key>/move/<week:week>/",
    "appointment/<key:key>/move/<week:week>/zone/",
    # Of a link: whoever has it books, as far as it is open to them.
    "invite/<key:key>/",
    "invite/<key:key>/<week:week>/",
    "invite/<key:key>/zone/",
    "invite/<key:key>/<week:week>/zone/",
    "invite/<key:key>/book/",
    "invite/<key:key>/opened/",
    # Of a recipient: whoever has it gets no more letters.
    "unsubscribe/<key:key>/",
    # Of a resource's calendar: whoever subscribed to it.
    r"^feed/(?P<key>[A-Za-z0-9_-]{16,64})\.ics$",
}
TEN = "2026-11-23T09:00:00Z"


class Others:
    """What belongs to Hans, who has nothing to do with the client that is signed in."""

    def __init__(self) -> None:
        office = make_territory(name="Praxis Nord")
        self.host = make_resource(office, name="Dr. Zeta")
        self.hans = make_client("Hans Huber", email="hans@bank.test", phone="+49 555 1")
        self.appointment = make_appointment(
            self.host,
            at("2026-11-24 10:00"),
            client=self.hans,
            territory=office,
            first_name="Hans",
            last_name="Huber",
            email="hans@bank.test",
            phone="+49 555 1",
            description="My secret",
        )
        self.own_link = self._link(office, "recipient")
        self.open_link = self._link(office, "anyone")
        self.paul = self._recipient(office)
        self.list_link = self.paul.key
        self.feed = CalendarFeed.objects.create(service_resource=self.host)

    def _link(self, office: Any, audience: str) -> InvitationKey:
        key = make_invitation(self.host, territory=office, audience=audience, message="Dear Hans")
        key.client = self.hans
        key.save()
        return key

    def _recipient(self, office: Any) -> Recipient:
        prospect_list = make_list(self.host, invitation={"territory": office})
        names = {"first_name": "Paul", "last_name": "Probst", "phone": "+49 555 1"}
        return make_recipient(prospect_list, "paul@bank.test", **names)

    @property
    def private(self) -> tuple[str, ...]:
        """What nobody else may read anywhere."""
        keys = (self.appointment.key, self.own_link.key, self.open_link.key, self.feed.key)
        keys = (*keys, self.list_link.key, self.paul.unsubscribe_key)
        return ("Huber", "hans@", "Probst", "paul@", "555 1", "My secret", *keys)

    def values(self, key: str) -> dict[str, Any]:
        """For whatever an address asks for."""
        numbers = dict.fromkeys(("id", "pk", "one", "other", "object_id"), self.hans.pk)
        return {
            **numbers,
            "appointment": self.appointment.pk,
            "invitation": self.own_link.invitation_id,
            "link": self.own_link.pk,
            "prospect_list": self.paul.prospect_list_id,
            "recipient": self.paul.pk,
            "upload": 1,
            "key": key,
            "week": "2026-W48",
            "part": 0,
            "uidb36": "1",
            "provider_id": "bank",
            **dict.fromkeys(("app_label", "draft", "kind", "name", "rest", "url"), "x"),
        }


@pytest.fixture
def others() -> Others:
    return Others()


@pytest.fixture
def gerda() -> Browser:
    """The browser of a client who has an appointment and a link of her own."""
    client = make_client("Gerda Gast")
    make_appointment(make_resource(), at("2026-11-25 10:00"), client=client)
    return browser_of(client)


def everything() -> dict[str, list[Any]]:
    """Every row of ours, but for sessions and mails on their way."""
    models = [m for app in ("scheduling", "appointments", "invitations") for m in app_models(app)]
    return {str(m._meta): list(m._default_manager.order_by("pk").values()) for m in models}


def app_models(app: str) -> Iterator[Any]:
    return apps.get_app_config(app).get_models()


def asked(browser: Browser, address: str, **sent: str) -> Iterator[HttpResponse]:
    for query in ("", f"?start={TEN}&tz=Asia/Tokyo"):
        yield browser.get(address + query)
        yield browser.post(address + query, sent)


def said(response: HttpResponse, *known: str) -> str:
    """Body and address of a response, without what whoever asked knows already."""
    words = "" if response.streaming else text(response)
    words += response.get("Location", "")
    for each in known:
        words = words.replace(each, "")
    return words


def test_what_opens_by_a_key_alone_is_listed():
    by_key = {
        route.pattern
        for route in routes()
        if "key" in route.asks_for and not getattr(route.view, "login_required", True)
        # Signing in has tests of its own (tests/config).
        if not route.pattern.startswith("account/")
    }
    assert by_key == OPENED_BY_A_KEY


@pytest.mark.parametrize("what", ["appointment", "own_link", "open_link", "list_link", "feed"])
def test_no_other_address_says_or_does_anything_of_anothers(others, gerda, what):
    key = getattr(others, what).key
    values = others.values(key)
    before = everything()
    seen = 0
    for route in routes():
        if route.pattern in OPENED_BY_A_KEY or route.pattern == "account/sign-out/":
            continue
        address = route.address(values)
        for response in asked(gerda, address, start=TEN):
            words = said(response, key)
            assert [private for private in others.private if private in words] == [], address
            seen += 1
    assert everything() == before
    assert seen > 500
    assert gerda.get("/my/").status_code == 200


LINKS = [pattern for pattern in sorted(OPENED_BY_A_KEY) if pattern.startswith("invite/")]
APPOINTMENTS = [pattern for pattern in sorted(OPENED_BY_A_KEY) if "appointment/" in pattern]


def route_of(pattern: str) -> Route:
    return next(route for route in routes() if route.pattern == pattern)


@pytest.mark.parametrize("pattern", LINKS)
def test_a_link_for_another_alone_opens_nothing(others, gerda, pattern):
    key = others.own_link.key
    address = route_of(pattern).address(others.values(key))
    token = hidden_fields(gerda.get(f"/invite/{make_invitation().key}/book/?start={TEN}"))
    before = everything()
    for response in asked(gerda, address, **token):
        assert response.status_code in {403, 404, 405}
        words = said(response, key)
        private = (*others.private, "Zeta", "Dear", "10:00", "data-slot")
        assert [each for each in private if each in words] == []
    assert everything() == before


@pytest.mark.parametrize("what", ["open_link", "list_link"])
@pytest.mark.parametrize("pattern", LINKS)
def test_l8_a_personal_link_that_is_open_says_no_more_than_the_first_name(
    others, gerda, pattern, what
):
    key = getattr(others, what).key
    address = route_of(pattern).address(others.values(key))
    for response in asked(gerda, address):
        words = said(response, key)
        assert [private for private in others.private if private in words] == []


@pytest.mark.parametrize("pattern", APPOINTMENTS)
def test_l8_the_page_of_a_clients_appointment_says_nothing_of_its_client(others, gerda, pattern):
    key = others.appointment.key
    address = route_of(pattern).address(others.values(key))
    for response in asked(gerda, address):
        words = said(response, key, "My secret")
        assert [private for private in others.private if private in words] == []


def test_forms_of_her_own_do_nothing_to_anothers_appointment(others, gerda):
    own = Appointment.objects.exclude(pk=others.appointment.pk).get()
    page = others.appointment.get_absolute_url()
    before = everything()
    for name, path in (("cancel", "cancel/"), ("details", "details/"), ("move", "move/to/")):
        token = hand_out(f"{name}:{own.key}", at("2026-11-20 12:00"))
        sent = {"form_token": token, "start": TEN, "first_name": "Gerda", "reason": "No"}
        assert gerda.post(page + path, sent).status_code == 422
    assert everything() == before


def test_her_record_does_not_open_by_anothers_appointment_in_her_name(others, gerda):
    """Whoever books as Hans and types her address gives her nothing of his, nor him of hers."""
    Appointment.objects.filter(pk=others.appointment.pk).update(email="gerda@example.com")
    assert others.appointment.key not in text(gerda.get("/my/"))
    hers = Appointment.objects.exclude(pk=others.appointment.pk).get()
    Appointment.objects.filter(pk=hers.pk).update(email="hans@bank.test")
    assert hers.key not in text(browser_of(others.hans).get("/my/"))
    assert hers.key in text(gerda.get("/my/"))
    assert Client.objects.count() == 2


def test_l8_a_recipients_link_shows_nobody_else_who_is_on_the_list(others, gerda):
    petra = make_recipient(others.paul.prospect_list, first_name="Petra", last_name="Prospekt")
    values = others.values(petra.key.key)
    for pattern in LINKS:
        for response in asked(gerda, route_of(pattern).address(values)):
            words = said(response, petra.key.key)
            assert [each for each in (*others.private, "Hello Paul") if each in words] == []
