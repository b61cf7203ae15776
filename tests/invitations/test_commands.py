"""The commands that scripts rely on."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment, Assignment, OutboxMessage, Status, new_key
from appointments.models import Client as Customer
from invitations import demo
from invitations.models import Invitation, InvitationBooking, InvitationKey
from scheduling.models import AssistantGrant
from tests.clients import browser_of
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import starts

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def office():
    territory = make_territory(name="Office")
    make_topic(make_work_type(territory, name="Hour"), name="Review")
    return territory


def test_create_invitation_prints_a_url_that_works_and_nothing_else(client, office):
    anna, tom = make_resource(office, name="Anna"), make_resource(office, email="tom@bank.test")
    printed = run(
        "create_invitation",
        *("--resource", "Anna", "--resource", "TOM@bank.test", "--topic", "Review"),
        *("--territory", "Office", "--from", "2026-11-24", "--until", "2026-11-24"),
        *("--expires", "2026-12-31", "--max-bookings", "3"),
    )
    invitation = Invitation.objects.get()
    assert [host.service_resource for host in invitation.hosts.all()] == [anna, tom]
    assert (invitation.max_bookings, invitation.expiry_date) == (3, dt.date(2026, 12, 31))
    key = invitation.keys.get().key
    assert printed == f"http://testserver/invite/{key}/\n"
    assert starts(client.get(f"/invite/{key}/"))[0] == "2026-11-24T08:00:00Z"


def test_create_invitation_takes_any_of_several_and_invites_others_beside(office):
    for name in ("Anna", "Tom", "Lea"):
        make_resource(office, name=name)
    hosts = ("--resource", "Anna", "--resource", "Tom", "--any", "--optional", "Lea")
    run("create_invitation", *hosts, "--work-type", "Hour")
    invitation = Invitation.objects.get()
    roles = {host.service_resource.name: host.role for host in invitation.hosts.all()}
    assert invitation.any_host
    assert roles == {"Anna": "primary", "Tom": "required", "Lea": "optional"}


def test_create_invitation_as_an_assistant_is_recorded_with_both_names(office):
    anna = make_resource(office, name="Anna")
    carla = User.objects.create_user("carla", is_staff=True)
    arguments = ("create_invitation", "--resource", "Anna", "--work-type", "Hour", "--as", "carla")
    with pytest.raises(CommandError, match="may not"):
        run(*arguments)
    AssistantGrant.objects.create(service_resource=anna, assistant=carla)
    run(*arguments)
    invitation = Invitation.objects.get()
    assert (invitation.created_by, invitation.on_behalf_of) == (carla, anna)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--resource", "Nobody", "--topic", "Review"),
        ("--resource", "Anna", "--topic", "Unknown"),
        ("--resource", "Anna"),
        ("--resource", "Anna", "--topic", "Review", "--work-type", "Hour"),
        ("--resource", "Anna", "--topic", "Review", "--from", "tomorrow"),
        ("--resource", "Anna", "--topic", "Review", "--max-bookings", "0"),
        ("--resource", "Anna", "--topic", "Review", "--until", "2026-11-01"),
        ("--resource", "Anna", "--topic", "Review", "--as", "nobody"),
    ],
)
def test_create_invitation_refuses_what_cannot_be(office, arguments):
    make_resource(office, name="Anna")
    with pytest.raises(CommandError):
        run("create_invitation", *arguments)
    assert not Invitation.objects.exists()


def test_openings_prints_what_the_page_shows(client):
    key = make_invitation()
    printed = run("openings", key.key, "--week", "2026-W48").split()
    assert printed == starts(client.get(f"/invite/{key.key}/2026-W48/"))
    assert json.loads(run("openings", key.key, "--week", "2026-W48", "--json")) == printed
    assert run("openings", key.key).split()[:2] == ["2026-11-20T11:00:00Z", "2026-11-20T11:30:00Z"]


def test_openings_explains_a_closed_time_by_its_codes():
    key = make_invitation(until_date=dt.date(2026, 11, 25))
    make_appointment(key.invitation.hosts.get().service_resource, at("2026-11-23 10:00"))
    explain = lambda instant: run("openings", key.key, "--explain", instant).split()  # noqa: E731
    assert explain("2026-11-23T08:00:00Z") == ["open"]
    assert explain("2026-11-23T10:00:00+01:00") == ["booked"]
    assert explain("2026-11-16T09:00:00Z") == ["too-soon"]
    assert explain("2026-11-26T09:07:00Z") == ["off-grid", "outside-dates"]
    assert "outside-place-hours" in explain("2026-11-22T09:00:00Z")
    assert "too-late" in explain("9999-12-31T23:59:00Z")


def test_openings_of_a_closed_link_are_none():
    key = make_invitation(is_active=False)
    assert run("openings", key.key) == ""
    assert run("openings", key.key, "--json") == "[]\n"


def test_openings_asks_for_what_the_invitation_leaves_open(office):
    make_topic(make_work_type(office), name="Other")
    key = make_invitation(make_resource(office), topic=None, work_type=None)
    with pytest.raises(CommandError, match="--topic: Other, Review"):
        run("openings", key.key)
    assert run("openings", key.key, "--topic", "Review").count("\n") > 100


@pytest.mark.parametrize(
    "arguments",
    [
        ("unknown",),
        ("KEY", "--week", "2026-W99"),
        ("KEY", "--explain", "noon"),
        ("KEY", "--topic", "?"),
    ],
)
def test_openings_refuses_what_cannot_be(arguments):
    key = make_invitation()
    with pytest.raises(CommandError):
        run("openings", *[key.key if each == "KEY" else each for each in arguments])


def test_check_integrity_finds_nothing_wrong_after_the_demo(settings):
    settings.DEBUG = True
    run("demo")
    assert run("check_integrity") == ""


def booked(**fields):
    key = make_invitation(**fields)
    host = key.invitation.hosts.get().service_resource
    appointment = make_appointment(host, at("2026-11-23 10:00"))
    InvitationBooking.objects.create(invitation=key.invitation, key=key, appointment=appointment)
    owed = {"not_before": timezone.now()}
    OutboxMessage.objects.create(kind="guest_booked", object_id=appointment.pk, **owed)
    assignment = appointment.assignments.get()
    OutboxMessage.objects.create(kind="resource_booked", object_id=assignment.pk, **owed)
    return appointment


def damage_uses():
    first = booked(max_bookings=1)
    link = first.invitation_booking
    other = booked()
    InvitationBooking.objects.filter(appointment=other).update(invitation=link.invitation)


def damage_holds():
    Assignment.objects.filter(appointment=booked()).update(holds_time=False)


def damage_status():
    appointment = booked()
    appointment.status = Status.CANCELLED
    appointment.save()


def damage_guest_message():
    booked()
    OutboxMessage.objects.filter(kind="guest_booked").delete()


def damage_resource_message():
    booked()
    OutboxMessage.objects.filter(kind="resource_booked").delete()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_uses, "has 2 uses of 1"),
        (damage_holds, "holds_time is False while scheduled"),
        (damage_status, "holds_time is True while cancelled"),
        (damage_guest_message, "no confirmation"),
        (damage_resource_message, "no notice"),
    ],
)
def test_check_integrity_says_what_is_wrong(damage, words, capsys):
    damage()
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("check_integrity", stdout=out)
    assert stopped.value.code == 1
    assert words in out.getvalue()
    assert out.getvalue().count("\n") == 1


def test_the_demo_is_loaded_once_and_is_for_development_only(settings):
    with pytest.raises(CommandError, match="DEBUG"):
        run("demo")
    settings.DEBUG = True
    first, second = run("demo"), run("demo")
    assert first == second
    assert "/invite/" in first
    assert User.objects.filter(username="carla").count() == 1


def test_the_demos_people_can_sign_in_and_its_invitation_works(settings, client):
    settings.DEBUG = True
    loaded = demo.load(dt.date(2026, 11, 20))
    for username, _who in loaded.log_ins:
        assert client.login(username=username, password=demo.PASSWORD)
    assert starts(client.get(f"/invite/{loaded.invitation.key}/"))


def test_the_demos_client_has_appointments_and_a_link_and_another_client_is_there_twice(settings):
    settings.DEBUG = True
    elena = demo.load(dt.date(2026, 11, 20)).client
    assert elena.email in run("demo")
    assert browser_of(elena).get(reverse("my_appointments")).status_code == 200
    booked = Appointment.objects.of_client(elena).values_list("start", flat=True)
    assert (len(booked), len(set(booked))) == (4, 4)
    assert InvitationKey.objects.of_client(elena).count() == 1
    assert Customer.objects.with_address("thomas.keller@example.com").count() == 2


def test_a_key_never_looks_like_an_option(monkeypatch):
    keys = iter(["-starts-with-a-hyphen", "does-not"])
    monkeypatch.setattr("secrets.token_urlsafe", lambda _bytes: next(keys))
    assert new_key() == "does-not"


def test_the_demos_customer_website_is_another_site_that_may_frame_its_invitation(settings, client):
    settings.DEBUG = True
    embedded = demo.load(dt.date(2026, 11, 20)).embedded
    page = f"http://localhost/customer-website/?invitationKey={embedded.key}"
    assert page in run("demo")
    week = client.get(f"/invite/{embedded.key}/")
    assert starts(week)
    assert "frame-ancestors http://localhost;" in week["Content-Security-Policy"] + ";"
