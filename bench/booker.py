"""One of the processes that book at the same time: ``python -m bench.booker NUMBER``.

Reads lines like ``book 40``, does it, answers ``done``. ``stage N`` writes the rows for N such
processes and ends.
"""

from __future__ import annotations

import datetime as dt
import sys
from itertools import count
from typing import NamedTuple
from uuid import uuid4

import django

if __name__ == "__main__":
    django.setup()

from django.db import transaction
from django.utils import timezone

from appointments.booking import Guest, SentForm
from appointments.models import Appointment, Assignment, Status
from appointments.terms import Terms
from invitations import booking
from invitations.choices import terms_of
from invitations.models import InvitationKey
from tests import factories

ALL_DAY = ((dt.time(0), dt.time(0)),)
GUEST = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", factories.BERLIN)
SHARED = {"book": "shared-by-all", "insert": "shared-by-all-bare"}


class Diary(NamedTuple):
    """An invitation, its terms, and starts that nobody else takes."""

    key: InvitationKey
    terms: Terms
    starts: count[int]
    step: int

    def next_start(self) -> dt.datetime:
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + dt.timedelta(days=2, minutes=30 * next(self.starts))


def stage(processes: int) -> None:
    """An invitation and a bare host for each process, and one of both for all."""
    place = factories.make_territory(factories.make_hours("UTC", range(7), ALL_DAY))
    work = factories.make_work_type(place)
    names = [f"{kind}-{number}" for kind in ("book", "insert") for number in range(processes)]
    for name in [*names, *SHARED.values()]:
        key = factories.make_invitation(
            factories.make_resource(place), territory=place, work_type=work
        )
        InvitationKey.objects.filter(pk=key.pk).update(key=name)


def diary(name: str, first: int = 0, step: int = 1) -> Diary:
    key = InvitationKey.objects.for_guest(timezone.now()).get(key=name)
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    return Diary(key, terms, count(first, step), step)


def book(into: Diary) -> None:
    now = timezone.now()
    form = SentForm(uuid4().hex, now)
    booking.book(into.key, into.terms, into.next_start(), GUEST, form, now)


@transaction.atomic
def insert(into: Diary) -> None:
    """What any Django project would do at least: two rows, and the guard refuses overlaps."""
    start, terms = into.next_start(), into.terms
    end = start + dt.timedelta(minutes=terms.work_type.duration)
    appointment = Appointment.objects.create(
        status=Status.SCHEDULED,
        start=start,
        end=end,
        appointment_type=terms.appointment_type,
        work_type=terms.work_type,
        territory=terms.territory,
        first_name=GUEST.first_name,
        last_name=GUEST.last_name,
        email=GUEST.email,
        language=GUEST.language,
        time_zone=GUEST.time_zone,
        form_token=uuid4().hex,
    )
    Assignment.objects.create(
        appointment=appointment,
        service_resource=terms.hosts[0],
        blocked_start=start,
        blocked_end=end,
    )


def serve(number: int, processes: int) -> None:
    """Do what the lines on standard input ask for, until it is closed."""
    diaries = {
        "book": diary(f"book-{number}"),
        "insert": diary(f"insert-{number}"),
        "book_shared": diary(SHARED["book"], number, processes),
        "insert_shared": diary(SHARED["insert"], number, processes),
    }
    print("done", flush=True)
    for line in sys.stdin:
        kind, times = line.split()
        write = book if kind.startswith("book") else insert
        for _ in range(int(times)):
            write(diaries[kind])
        print("done", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "stage":
        stage(int(sys.argv[2]))
    else:
        serve(int(sys.argv[1]), int(sys.argv[2]))
