"""The records behind the reasons of one start, read in six queries for any number of hosts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from appointments.models import GRACE, Assignment, BusyTime, ForeignCalendar
from appointments.terms import Terms
from scheduling.engine.layers import Layer, Source
from scheduling.engine.rules import Reason
from scheduling.models import Absence, Holiday, Membership, OperatingHours, ServiceResource

A_DAY = timedelta(days=1)
OF_MEMBERSHIP = frozenset({Reason.NOT_AT_PLACE, Reason.OUTSIDE_SHIFTS})
"""What no hours are to blame for."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A record, as far as it has a page; ``host`` is whose it is, None for nobody’s."""

    record: Model
    words: Any
    host: ServiceResource | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """What there is around one start, of all hosts; ``days`` are its first and last minute."""

    terms: Terms
    days: tuple[datetime, datetime]
    of_hosts: Mapping[tuple[Reason, int], list[Cause]]
    memberships: Sequence[Membership]
    holidays: Sequence[Holiday]

    @classmethod
    def around(cls, terms: Terms, start: datetime, now: datetime) -> Records:
        """Those that meet the time of work which begins then, block times included."""
        last = start + timedelta(minutes=terms.work_type.duration - 1)
        rows = Membership.objects.filter(
            service_resource__in=terms.hosts, territory=terms.territory
        )
        memberships = list(rows.select_related("operating_hours"))
        used = {
            terms.territory.operating_hours_id,
            terms.work_type.operating_hours_id,
            terms.counted_wishes.visiting_hours,
            *(membership.operating_hours_id for membership in memberships),
        }
        # Whichever zone they are dates in: the hours' own decides later.
        dates = (start - A_DAY).date(), (last + A_DAY).date()
        holidays = Holiday.objects.filter(operating_hours__in=used - {None}, date__range=dates)
        return cls(
            terms,
            (start, last),
            _by_host(terms, start, now),
            memberships,
            list(holidays.select_related("operating_hours")),
        )

    def of(self, layer: Layer) -> list[Cause]:
        """What a layer’s reason stands on; nothing where no record is to blame."""
        host = None if layer.host is None else self.terms.hosts[layer.host]
        if layer.reason is Reason.HOLIDAY:
            return list(self._holidays(layer, host))
        if layer.reason is Reason.HOST_CAP:
            return list(self._policy())
        if layer.source is Source.HOST and host is not None:
            return self.of_hosts.get((layer.reason, host.pk), [])
        return list(self._of_rules(layer, host))

    def _of_rules(self, layer: Layer, host: ServiceResource | None) -> Iterator[Cause]:
        work = self.terms.work_type
        match layer.source, layer.reason:
            case Source.BOUNDS, Reason.TOO_SOON:
                yield from self._policy() if work.lead_time is None else self._work()
            case Source.BOUNDS, Reason.TOO_LATE:
                yield from self._policy() if work.horizon is None else self._work()
            case Source.BOUNDS, Reason.INVITATION_CAP:
                yield from self._policy()
            case Source.GRID, _:
                yield from self._work() if work.start_interval else self._policy()
            case _:
                if layer.reason not in OF_MEMBERSHIP:
                    for hours in self._hours(layer.source, host):
                        yield Cause(hours, hours.name)
                if host is not None:
                    yield Cause(host, host.name, host)

    def _work(self) -> Iterator[Cause]:
        yield Cause(self.terms.work_type, self.terms.work_type.name)

    def _policy(self) -> Iterator[Cause]:
        """None where there is no row of it: what holds without any has no page."""
        if self.terms.policy.pk is not None:
            yield Cause(self.terms.policy, self.terms.policy.name)

    def _holidays(self, layer: Layer, host: ServiceResource | None) -> Iterator[Cause]:
        used = {hours.pk for hours in self._hours(layer.source, host)}
        if layer.source is Source.VISITS:
            used.add(self.terms.counted_wishes.visiting_hours or 0)
        for holiday in self.holidays:
            hours = holiday.operating_hours
            dates = {each.astimezone(hours.time_zone).date() for each in self.days}
            if hours.pk in used and holiday.date in dates:
                yield Cause(hours, holiday.name)

    def _hours(self, source: Source, host: ServiceResource | None) -> list[OperatingHours]:
        """Those that a source of hours consists of."""
        place, work = self.terms.territory.operating_hours, self.terms.work_type.operating_hours
        match source:
            case Source.PLACE:
                return [place]
            case Source.WORK:
                return [work] if work else []
            case Source.PRESENCE if host is not None:
                own = [each for each in self.memberships if each.service_resource_id == host.pk]
                return [each.operating_hours or place for each in own]
            case _:
                return []


def _by_host(terms: Terms, start: datetime, now: datetime) -> dict[tuple[Reason, int], list[Cause]]:
    """What takes the time of hosts away, by reason and host."""
    found: defaultdict[tuple[Reason, int], list[Cause]] = defaultdict(list)
    hosts = {host.pk: host for host in terms.hosts}
    for reason, key, record, words in _taken(terms, start, now):
        cause = Cause(record, words, hosts[key])
        if cause not in found[reason, key]:
            found[reason, key].append(cause)
    for key, host in hosts.items():
        found[Reason.UNSKILLED, key] = [
            Cause(terms.work_type, terms.work_type.name),
            Cause(host, host.name, host),
        ]
    return dict(found)


def _taken(
    terms: Terms, start: datetime, now: datetime
) -> Iterator[tuple[Reason, int, Model, Any]]:
    work, hosts = terms.work_type, terms.hosts
    since = start - timedelta(minutes=work.block_time_before)
    until = start + timedelta(minutes=work.duration + work.block_time_after)
    for absence in Absence.objects.filter(service_resource__in=hosts).overlapping(since, until):
        yield Reason.ABSENT, absence.service_resource_id, absence, absence.get_type_display()
    booked = Assignment.objects.filter(service_resource__in=hosts).blocking(since, until)
    for row in booked.unlapsed(now - GRACE).select_related("appointment"):
        words = row.appointment.heading
        yield Reason.BOOKED, row.service_resource_id, row.appointment, words
    foreign = BusyTime.objects.filter(calendar__service_resource__in=hosts)
    for busy in foreign.overlapping(since, until).select_related("calendar"):
        calendar = busy.calendar
        yield Reason.BUSY_ELSEWHERE, calendar.service_resource_id, calendar, calendar.name
    for calendar in ForeignCalendar.objects.filter(service_resource__in=hosts):
        yield Reason.CALENDAR_OUTDATED, calendar.service_resource_id, calendar, calendar.name
