"""What is asked for: the one value that a page, a booking and a command share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from appointments.wishes import NO_WISHES, Wishes
from scheduling.models import SchedulingPolicy, ServiceResource, Territory, WorkType, WorkTypeGroup


@dataclass(frozen=True, slots=True)
class Terms:
    """Work, place, hosts and dates, whoever set them.

    ``work_type`` comes from ``with_rules()``, ``territory`` with its hours. ``hosts``
    are in order of preference, the primary one first; all of them are needed unless
    ``any_host``. The dates bound an appointment's start and are read in ``time_zone``.
    ``confirmation`` is the host's own text for whoever has booked. ``wishes`` are those of the
    client as far as they count here. ``own_policy`` goes before the work type's; ``is_extended``
    lets extended hours count. ``optional`` hosts are invited beside, whether free or not.
    ``starts`` are those of what was booked by the same invitation, where a policy caps that.
    Of group work a place in a group is asked for (rule A10), unless somebody ``plans``: a group
    itself, or what was booked for one guest before the work had places. They ask for hosts' time.
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
    own_policy: SchedulingPolicy | None = None
    is_extended: bool = False
    optional: tuple[ServiceResource, ...] = ()
    starts: tuple[datetime, ...] = ()
    plans: bool = False

    @property
    def of_groups(self) -> bool:
        """Whether what is asked for is a place in a group that is planned."""
        return self.work_type.is_for_groups and not self.plans

    @property
    def policy(self) -> SchedulingPolicy:
        """The one in force: its own, else that of the work."""
        return self.own_policy or self.work_type.policy

    @property
    def counted_wishes(self) -> Wishes:
        """What of the client's wishes counts under the policy."""
        return self.wishes.counted(
            hours=self.policy.uses_visiting_hours, preferences=self.policy.uses_preferences
        )

    @property
    def reminders(self) -> str:
        """In minutes before the start, “1440, 60”, or empty."""
        return self.work_type.reminders or self.policy.reminders

    @property
    def offer(self) -> str:
        """What of it a form shows beside the time, to tell whether it still is what was read."""
        topic, work, place = self.topic.pk if self.topic else "", self.work_type, self.territory
        length = "" if self.of_groups else work.duration  # a group keeps its own
        return " ".join(map(str, (topic, work.pk, length, place.pk, place.time_zone.key)))

    @property
    def title(self) -> str:
        """What it is about, in words for guests."""
        return self.topic.name if self.topic else self.work_type.name
