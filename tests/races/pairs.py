"""Rows for acts that meet, two by two: ``python -m tests.races.pairs``.

Each pair has hosts of its own. Prints, for each, the acts as addresses and what to send there.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from itertools import product
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments import outbox
from appointments.booking import Guest, SentForm, book, owe_notices
from appointments.confirming import confirm_path
from appointments.models import Appointment, MessageKind
from scheduling.engine.rules import Mode
from scheduling.models import (
    SchedulingPolicy,
    ServiceResource,
    Shift,
    ShiftStatus,
    Territory,
)
from tests import factories

KINDS = ("book", "move", "cancel", "absence", "reassign", "confirm")
CONTEST = {"book", "move", "reassign"}
"""Those who want the same hour of the same host."""

GROUP_KINDS = ("cancel", "move", "places", "reassign")
"""What staff may do to a group while somebody takes its last place but one."""

Act = dict[str, Any]


def pairs() -> dict[str, Any]:
    """For each pair in order: the two acts, and the host whose hour both may want."""
    user = User.objects.create_superuser("root")
    client = Client()
    client.force_login(user)
    office = factories.make_territory(
        factories.make_hours("UTC", range(7), ((dt.time(0), dt.time(0)),))
    )
    scenes = {f"{one}, {other}": scene(office, one, other) for one, other in product(KINDS, KINDS)}
    merged = {first: merging(office, first) for first in ("book", "merge")}
    rostered = {first: rostering(office, first) for first in ("book", "delete")}
    gathered = {
        f"{kind}, {first}": gathering(office, kind, first)
        for kind, first in product(GROUP_KINDS, ("enrol", "change"))
    }
    return {
        "session": client.cookies["sessionid"].value,
        "scenes": scenes,
        "merged": merged,
        "rostered": rostered,
        "gathered": gathered,
    }


def scene(office: Territory, one: str, other: str) -> dict[str, Any]:
    host, second = factories.make_resource(office), factories.make_resource(office)
    work = factories.make_work_type(office)
    contested, own = hour(10), hour(12)
    moved, given = (
        factories.make_appointment(each, start, territory=office, work_type=work)
        for each, start in ((host, own), (second, contested))
    )
    waiting = factories.make_appointment(
        host,
        hour(14),
        territory=office,
        work_type=work,
        status="pending",
        confirm_until=timezone.now() + dt.timedelta(hours=1),
    )
    waiting.assignments.update(holds_until=waiting.confirm_until)
    now = timezone.now()
    for each in (moved, given):
        owe_notices(each, each.assignments.all(), now)
    outbox.owe([(MessageKind.GUEST_CONFIRM, waiting.pk)], not_before=now)
    key = factories.make_invitation(host, territory=office, work_type=work)
    targets = {"move": moved, "reassign": given, "confirm": waiting}

    def act(kind: str, beside: str) -> Act:
        match kind:
            case "book":
                url = reverse("book", args=[key.key])
                return {"url": f"{url}?start={iso(contested)}", "send": {"start": iso(contested)}}
            case "move":
                url = reverse("move_to", args=[moved.key])
                return {"url": f"{url}?start={iso(contested)}", "send": {}}
            case "cancel":
                target: Appointment = targets.get(beside, moved)
                return {"url": reverse("appointment_cancel", args=[target.key]), "send": {}}
            case "confirm":
                return {"url": confirm_path(waiting), "send": {}}
            case "reassign":
                url = reverse("admin:appointments_appointment_reassign", args=[given.pk])
                return {"url": url, "send": {"former": second.pk, "resource": host.pk}}
            case _:
                return {
                    "url": reverse("admin:scheduling_absence_add"),
                    "send": absence(host, contested),
                }

    return {"acts": [act(one, other), act(other, one)], "host": host.pk, "hour": iso(contested)}


def merging(office: Territory, first: str) -> dict[str, Any]:
    """Two records of a client: one books by a link of its own, while it is merged away."""
    kept, other = factories.make_client(), factories.make_client()
    key = factories.make_invitation(factories.make_resource(office), territory=office)
    link = key.invitation.keys.create(client=other)
    start = f"?start={iso(hour(10))}"
    acts = {
        "book": {"url": reverse("book", args=[link.key]) + start, "send": {"start": iso(hour(10))}},
        "merge": {
            "url": reverse("admin:appointments_client_merge", args=[kept.pk, other.pk]),
            "send": {"kept": kept.pk},
        },
    }
    first_act = acts.pop(first)
    return {"acts": [first_act, *acts.values()], "kept": kept.pk, "other": other.pk}


def rostering(office: Territory, first: str) -> dict[str, Any]:
    """Somebody books in a shift while it is deleted, where shifts alone say when hosts work."""
    host = factories.make_resource(office)
    policy, _is_new = SchedulingPolicy.objects.get_or_create(
        name="By shifts", working_time=Mode.SHIFTS
    )
    work = factories.make_work_type(office, scheduling_policy=policy)
    shift = Shift.objects.create(
        service_resource=host,
        territory=office,
        start=hour(9),
        end=hour(12),
        status=ShiftStatus.PUBLISHED,
    )
    key = factories.make_invitation(host, territory=office, work_type=work)
    start = iso(hour(10))
    acts = {
        "book": {
            "url": reverse("book", args=[key.key]) + f"?start={start}",
            "send": {"start": start},
        },
        "delete": {
            "url": reverse("admin:scheduling_shift_delete", args=[shift.pk]),
            "send": {"post": "yes"},
        },
    }
    first_act = acts.pop(first)
    return {
        "acts": [first_act, *acts.values()],
        "host": host.pk,
        "hour": start,
        "shift": shift.pk,
    }


def gathering(office: Territory, kind: str, first: str) -> dict[str, Any]:
    """Somebody takes a place in a group of two while staff change it; one place is taken."""
    hosts = factories.make_resource(office), factories.make_resource(office)
    work = factories.make_work_type(office, attendee_limit=2, duration=60)
    group = factories.make_group(hosts[0], start=hour(10), work_type=work, territory=office)
    key = factories.make_invitation(hosts[0], territory=office, work_type=work)
    booked = factories.make_terms(hosts[0], territory=office, work_type=work)
    now = timezone.now()
    owe_notices(group, group.assignments.all(), now)
    guest = Guest("Ada", "Erste", "ada@example.com", "", "", "", "en", factories.BERLIN)
    with transaction.atomic():
        book(booked, hour(10), guest, SentForm(f"{kind}, {first}", now), now)
    admin = "admin:appointments_appointment_"
    move = reverse("admin:invitations_invitation_move", args=[group.pk])
    changes = {
        "cancel": {"url": reverse(f"{admin}cancel", args=[group.pk]), "send": {}},
        "move": {"url": f"{move}to/?start={iso(hour(14))}", "send": {}},
        "places": {"url": reverse(f"{admin}places", args=[group.pk]), "send": {"places": 1}},
        "reassign": {
            "url": reverse(f"{admin}reassign", args=[group.pk]),
            "send": {"former": hosts[0].pk, "resource": hosts[1].pk},
        },
    }
    start = iso(hour(10))
    enrol = {
        "url": reverse("book", args=[key.key]) + f"?start={start}",
        "send": {"start": start},
    }
    acts = [enrol, changes[kind]]
    return {"acts": acts if first == "enrol" else acts[::-1], "group": group.pk}


def absence(host: ServiceResource, start: dt.datetime) -> dict[str, Any]:
    local, ends = (
        each.astimezone(factories.BERLIN) for each in (start, start + dt.timedelta(hours=1))
    )
    times = {
        f"{name}_{part}": f"{each:{pattern}}"
        for name, each in (("start", local), ("end", ends))
        for part, pattern in enumerate(("%Y-%m-%d", "%H:%M"))
    }
    return {"service_resource": host.pk, "type": "vacation", "description": "", **times}


def hour(number: int) -> dt.datetime:
    """An hour four days ahead."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + dt.timedelta(days=4, hours=number)


def iso(instant: dt.datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


if __name__ == "__main__":
    print(json.dumps(pairs()))  # noqa: T201  the test reads it
