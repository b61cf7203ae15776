"""Appointments for several attendees, planned before anybody takes part (rule A10).

Their hosts' time is held from then on, so no hours, no grid and nothing busy is asked about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scheduling.engine.intervals import Intervals, Minute
from scheduling.engine.rules import Group, Host, Preference, Question


def with_room(question: Question) -> set[Group]:
    """Those with a place left, of all the hosts together, or of any of them (rule A6)."""
    present = [host for host in question.hosts if host.takes_part]
    if question.any_host:
        return {group for host in present for group in host.groups if group.places > 0}
    if len(present) < len(question.hosts):
        return set()
    return {group for group in shared(present) if group.places > 0}


def shared(hosts: Sequence[Host]) -> set[Group]:
    """Those planned with all of the hosts together, full or not."""
    return set.intersection(*(set(host.groups) for host in hosts)) if hosts else set()


def starts_of(groups: Iterable[Group]) -> Intervals:
    return Intervals((group.start, group.start + 1) for group in groups)


def best_group(question: Question, start: Minute) -> Group | None:
    """Which of those with room at a start takes an attendee: that of the host asked for first."""
    offered = [group for group in with_room(question) if group.start == start]

    def rank(group: Group) -> tuple[Preference, int, int]:
        preference, position = min(
            (host.preference, position)
            for position, host in enumerate(question.hosts)
            if host.takes_part and group in host.groups
        )
        return preference, position, group.key

    return min(offered, key=rank, default=None)


def duration_at(question: Question, start: Minute) -> int:
    """How long what is taken at an open start lasts: the work, or the group that it is in."""
    group = best_group(question, start) if question.of_groups else None
    return group.duration if group else question.work.duration
