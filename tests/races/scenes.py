"""Rows for the races, written into a scratch database: ``python -m tests.races.scenes races``.

Prints what the tests need to know of them as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from itertools import permutations
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from appointments import booking
from appointments.booking import Guest, SentForm
from appointments.models import OutboxMessage
from invitations.models import Invitation, InvitationKey, ProspectList, Recipient
from invitations.prospects import sending
from scheduling.models import SchedulingPolicy, Territory, TimeSlot
from tests import factories

Scene = dict[str, Any]
ALL_DAY = ((dt.time(0), dt.time(0)),)


def one_host(invitations: int = 1, max_bookings: int | None = None) -> Scene:
    """Invitations to one host, and twenty starts that don't touch each other."""
    place = _place()
    host, work = factories.make_resource(place), factories.make_work_type(place)
    keys = [
        factories.make_invitation(host, territory=place, work_type=work, max_bookings=max_bookings)
        for _ in range(invitations)
    ]
    return _scene(keys, _starts(60, 20))


def capped(invitations: int = 1, **caps: int) -> Scene:
    """The same under a policy with caps, and only the starts of one day."""
    scene = one_host(invitations)
    policy = SchedulingPolicy.objects.create(name=f"Capped {caps}", **caps)
    Invitation.objects.filter(pk__in=scene["invitations"]).update(scheduling_policy=policy)
    return {**scene, "starts": scene["starts"][:12]}


def races() -> dict[str, Scene]:
    return {
        "capped invitation": capped(invitation_per_day=3),
        "capped host": capped(invitations=3, resource_per_day=3),
        "one slot": one_host(invitations=3),
        "another slot": one_host(invitations=3),
        "single use": one_host(max_bookings=1),
        "one form": one_host(max_bookings=1),
        "crowd": crowd(),
        "seats": seats(5),
        "teams": teams(),
        "group": group(5),
    }


def seats(number: int) -> Scene:
    """One host who can have so many appointments at once, and one start."""
    place = _place()
    TimeSlot.objects.filter(operating_hours=place.operating_hours).update(
        maximum_appointments=number
    )
    host, work = factories.make_resource(place), factories.make_work_type(place)
    return _scene(
        [factories.make_invitation(host, territory=place, work_type=work)], _starts(60, 1)
    )


def group(places: int) -> Scene:
    """A group of two hosts, to each of whom alone an invitation leads, and one to any of them.

    So guests who lock different hosts take the places of one group.
    """
    place = _place()
    work = factories.make_work_type(place, attendee_limit=places)
    hosts = [factories.make_resource(place) for _ in range(2)]
    starts = _starts(60, 1)
    start = dt.datetime.fromisoformat(starts[0])
    factories.make_group(*hosts, start=start, work_type=work, territory=place)
    keys = [
        *(factories.make_invitation(host, territory=place, work_type=work) for host in hosts),
        factories.make_invitation(*hosts, territory=place, work_type=work, any_host=True),
    ]
    return _scene(keys, starts)


def teams() -> Scene:
    """An invitation to every two of four hosts, in both orders, and four starts."""
    place = _place()
    pool, work = [factories.make_resource(place) for _ in range(4)], factories.make_work_type(place)
    keys = [
        factories.make_invitation(*team, territory=place, work_type=work)
        for team in permutations(pool, 2)
    ]
    return _scene(keys, _starts(30, 4))


def crowd() -> Scene:
    """Four invitations that share three hosts, with block times, and starts that overlap.

    One for both of two hosts, one for the same in the other order, one for any of three, one
    for the first alone: enough for a deadlock if locks were taken in another order (rule B1).
    The last start stays free, for opening forms.
    """
    place = _place()
    first, second, third = (factories.make_resource(place) for _ in range(3))
    short = factories.make_work_type(
        place, duration=30, start_interval=15, block_time_before=10, block_time_after=20
    )
    long = factories.make_work_type(
        place, duration=50, start_interval=15, block_time_before=25, block_time_after=5
    )
    keys = [
        factories.make_invitation(*hosts, territory=place, work_type=work, any_host=any_host)
        for hosts, work, any_host in (
            ([first, second], short, False),
            ([second, first], long, False),
            ([third, second, first], short, True),
            ([first], long, False),
        )
    ]
    two_days, quiet = 2 * 24 * 4, 3 * 24 * 4
    starts = _starts(15, quiet + 1)
    return _scene(keys, [*starts[:two_days], starts[quiet]])


def messages(bookings: int = 150, reminders: str = "1440") -> Scene:
    """Bookings, each of which owes two messages and a reminder, and ten that were rolled back."""
    SchedulingPolicy.objects.create(name="Standard", is_default=True, reminders=reminders)
    terms = factories.make_terms(territory=_place())
    starts = _starts(30, bookings + 10)
    for number, start in enumerate(starts[:bookings]):
        _book(terms, start, f"guest{number}@example.com")
    for number, start in enumerate(starts[bookings:]):
        with transaction.atomic():
            _book(terms, start, f"rolled-back{number}@example.com")
            transaction.set_rollback(True)
    return {"host": terms.hosts[0].email}


def few_messages() -> Scene:
    """Three bookings, each of which owes two messages."""
    return messages(bookings=3, reminders="")


def letters(number: int = 1000) -> Scene:
    """A list of so many prospects, to each of whom a letter is owed."""
    sending.send(prospects(number).pk, now=timezone.now())
    return {}


def lists(number: int = 30) -> Scene:
    """For each press of staff a list of so many: of *send* new, else with letters that are out."""
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    found = {}
    for press in ("send", "write_again", "remind"):
        found[press] = prospects(number).pk
        if press != "send":
            sending.send(found[press], now=timezone.now())
    a_while_ago = timezone.now() - dt.timedelta(days=2)
    OutboxMessage.objects.update(result=OutboxMessage.Result.SENT, finished_at=a_while_ago)
    return {"session": client.cookies["sessionid"].value, "lists": found}


def prospects(number: int) -> ProspectList:
    """A list of so many."""
    key = factories.make_invitation()
    prospect_list = ProspectList.objects.create(
        invitation=key.invitation, name="Autumn", per_minute=6000
    )
    keys = InvitationKey.objects.bulk_create(
        InvitationKey(invitation=key.invitation) for _ in range(number)
    )
    Recipient.objects.bulk_create(
        Recipient(
            prospect_list=prospect_list,
            key=each,
            first_name="Petra",
            last_name=f"Prospekt {n}",
            email=f"prospect{n}@example.com",
        )
        for n, each in enumerate(keys)
    )
    return prospect_list


def _scene(keys: list[InvitationKey], starts: list[str]) -> Scene:
    return {
        "keys": [key.key for key in keys],
        "invitations": [key.invitation_id for key in keys],
        "starts": starts,
    }


def _place() -> Territory:
    return factories.make_territory(factories.make_hours("UTC", range(7), ALL_DAY))


def _starts(minutes: int, number: int) -> list[str]:
    """Instants ``minutes`` apart, from a midnight a few days ahead."""
    first = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    first += dt.timedelta(days=4)
    return [
        f"{first + dt.timedelta(minutes=minutes * n):%Y-%m-%dT%H:%M:%SZ}" for n in range(number)
    ]


@transaction.atomic
def _book(terms: Any, start: str, email: str) -> None:
    now = timezone.now()
    guest = Guest("Gerda", "Gast", email, "", "", "", "en", factories.BERLIN)
    booking.book(terms, dt.datetime.fromisoformat(start), guest, SentForm(email, now), now)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))  # noqa: T201  the test reads it
