"""What became of recipients, told from all rows of the tables by plain counting.

It shares nothing with the query sets that it is held against: no filter, no join, no annotation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appointments.models import GRACE, Appointment, AppointmentEvent, OutboxMessage
from invitations.models import InvitationBooking, ProspectList, Recipient, RecipientMark

Row = dict[str, Any]
ORDER = (
    *("withdrawn", "booked", "no_show", "cancelled", "opened"),
    *("fetched", "sent", "refused", "queued", "listed"),
)
"""The states, of which the first one holds that happened."""


@dataclass(frozen=True)
class Told:
    """One recipient: when what first happened, whether an appointment stands or was missed."""

    key: int
    email: str
    times: dict[str, datetime]
    stands: bool
    missed: bool
    waits: bool

    @property
    def state(self) -> str:
        happened = {
            *self.times.keys() - {"booked", "cancelled", "moved"},
            *(["booked"] if self.stands else []),
            *(["no_show"] if self.missed else []),
            *(["cancelled"] if "cancelled" in self.times else []),
            "listed",
        }
        return next(state for state in ORDER if state in happened)

    def reached(self, step: str) -> bool:
        """Whether the picture, or a filter, counts them under a step."""
        match step:
            case "listed":
                return True
            case "opened":
                return "opened" in self.times or "booked" in self.times
            case "booked":
                return self.stands
            case "refused" | "cancelled" | "no_show":
                return self.state == step
            case "sent_not_booked":
                return "sent" in self.times and not self.stands
            case "opened_not_booked":
                return self.reached("opened") and not self.stands
            case _:
                return step in self.times


def told(prospect_list: ProspectList, now: datetime) -> list[Told]:
    """Every recipient of a list, in the order in which they were added."""
    tables = Tables.read(now)
    people = sorted(_rows(Recipient), key=lambda row: row["id"])
    return [tables.told(row) for row in people if row["prospect_list_id"] == prospect_list.pk]


@dataclass(frozen=True)
class Tables:
    """All rows of the tables that say something of recipients."""

    now: datetime
    letters: list[Row]
    marks: list[Row]
    bookings: list[Row]
    appointments: dict[int, Row]
    events: list[Row]

    @classmethod
    def read(cls, now: datetime) -> Tables:
        return cls(
            now=now,
            letters=[row for row in _rows(OutboxMessage) if row["kind"] == "prospect_letter"],
            marks=_rows(RecipientMark),
            bookings=_rows(InvitationBooking),
            appointments={row["id"]: row for row in _rows(Appointment)},
            events=_rows(AppointmentEvent),
        )

    def told(self, person: Row) -> Told:
        letters = [row for row in self.letters if row["object_id"] == person["id"]]
        booked = [row for row in self.bookings if row["key_id"] == person["key_id"]]
        made = [self.appointments[row["appointment_id"]] for row in booked]
        kept = [row for row in made if not _lapsed(row, self.now)]
        times = [*self._written(letters), *self._marked(person), *self._booked(kept)]
        return Told(
            key=person["id"],
            email=person["email"],
            times=_first(times),
            stands=any(row["status"] not in {"cancelled", "no_show"} for row in kept),
            missed=any(row["status"] == "no_show" for row in made),
            waits=any(row["result"] == "" for row in letters),
        )

    def _written(self, letters: list[Row]) -> Iterator[tuple[str, datetime]]:
        for row in letters:
            if row["result"] in {"", "sent", "parked"}:
                yield "queued", row["created_at"]
            if row["result"] == "sent":
                yield "sent", row["finished_at"]
            if row["result"] == "parked":
                yield "refused", row["finished_at"]

    def _marked(self, person: Row) -> Iterator[tuple[str, datetime]]:
        for row in self.marks:
            if row["recipient_id"] == person["id"]:
                yield row["kind"], row["at"]

    def _booked(self, kept: list[Row]) -> Iterator[tuple[str, datetime]]:
        keys = {row["id"] for row in kept}
        for row in kept:
            yield "booked", row["created_at"]
        for row in self.events:
            if row["appointment_id"] in keys and row["kind"] in {"moved", "cancelled"}:
                yield row["kind"], row["at"]


def _rows(model: Any) -> list[Row]:
    return list(model._base_manager.values())


def _lapsed(appointment: Row, now: datetime) -> bool:
    until = appointment["confirm_until"]
    return until is not None and until <= now - GRACE


def _first(times: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    first: dict[str, datetime] = {}
    for name, time in times:
        first[name] = min(time, first.get(name, time))
    return first
