"""Rule L2: mail scanners open every link of every mail, and nothing comes of it."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.test import Client

from appointments.models import (
    Appointment,
    AppointmentEvent,
    CalendarFeed,
    MessageKind,
    OutboxMessage,
    Status,
)
from tests.factories import at, make_invitation, make_resource, make_territory
from tests.invitations.pages import open_form, starts

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
OURS = re.compile(r"https?://testserver/[^\s\"'<>]*")


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def appointment(client: Client) -> Appointment:
    """Booked through an invitation, like any other."""
    office = make_territory(email="office@example.com")
    key = make_invitation(make_resource(office), territory=office)
    url = f"/invite/{key.key}/"
    last = starts(client.get(url))[-1]
    assert client.post(f"{url}book/", open_form(client, url, last)).status_code == 303
    return Appointment.objects.get()


def mail_of(kind: MessageKind, appointment: Appointment) -> Any:
    """The one mail of a kind about an appointment."""
    about = appointment.pk if kind.is_to_guest else appointment.assignments.get().pk
    if kind == MessageKind.RESOURCE_RELEASED:
        resource = make_resource().pk
        span = {"start": str(appointment.start), "end": str(appointment.end)}
        event = AppointmentEvent.objects.create(
            appointment=appointment, kind="reassigned", details={"from": resource, **span}
        )
        about = event.pk
    if kind == MessageKind.GUEST_CONFIRM:
        appointment.status, appointment.confirm_until = Status.PENDING, NOW + dt.timedelta(hours=1)
        appointment.save()
    OutboxMessage.objects.all().update(result="sent")
    OutboxMessage.objects.create(kind=kind, object_id=about, not_before=NOW)
    mail.outbox = []
    call_command("worker", "--once")
    [letter] = mail.outbox
    return letter


def links_of(letter: Any) -> set[str]:
    """Every link to our own pages: in its text, its HTML and its calendar file."""
    parts = [letter.body, unescape(letter.alternatives[0].content)]
    parts += [attached[1].replace("\r\n ", "") for attached in letter.attachments]
    return {url for part in parts for url in OURS.findall(part)}


def everything() -> dict[str, list[Any]]:
    """All rows of the database."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
    }


def follow(url: str) -> None:
    """As a scanner does: without cookies, and more than once."""
    for _ in range(2):
        scanner = Client()
        assert scanner.head(url).status_code < 500
        response = scanner.get(url)
        assert response.status_code in {200, 302}, url
        assert not response.cookies, url


@pytest.mark.parametrize("kind", MessageKind)
def test_l2_following_every_link_of_a_mail_twice_changes_nothing(appointment, kind):
    links = links_of(mail_of(kind, appointment))
    before = everything()
    assert any(appointment.key in url for url in links) or not kind.is_to_guest
    assert links
    for url in links:
        follow(url)
    assert everything() == before


def test_l2_nor_does_following_every_link_of_the_pages_they_lead_to(appointment):
    page = Client().get(appointment.get_absolute_url()).content.decode()
    paths = {unescape(path) for path in re.findall(r'href="(/[^"]+)"', page)}
    pages = {path for path in paths if not path.startswith("/static/")}
    feed = CalendarFeed.objects.create(
        service_resource=appointment.assignments.get().service_resource, kind="full"
    )
    before = everything()
    assert len(pages) >= 3
    for path in {*pages, feed.get_absolute_url()}:
        follow(path)
    assert everything() == before
