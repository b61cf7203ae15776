"""What is asked for: the one value that a page, a booking and a command share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from appointments.wishes import NO_WISHES, Wishes
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup


@dataclass(frozen=True, slots=True)
class Terms:
    """Work, place, hosts and dates, whoever set them.

    ``work_type`` comes from ``with_rules()``, ``territory`` with its hours. ``hosts``
    are in order of preference, the primary one first; all of them are needed unless
    ``any_host``. The dates bound an appointment's start and are read in ``time_zone``.
    ``confirmation`` is the host's own text for whoever has booked. ``wishes`` are those of the
    client as far as they count here.
    """

    work_type: WorkType
    territory: Territory
    hosts: tuple[ServiceResource, ...]
    appointment_type: str
    time_zone: ZoneInfo
    any_host: bool = False
    topic: WorkTypeGroup | None = None
    first_date: date | None = None
    last_date: date | None = None
    confirmation: str = ""
    wishes: Wishes = NO_WISHES

    @property
    def title(self) -> str:
        """What it is about, in words for guests."""
        return self.topic.name if self.topic else self.work_type.name
