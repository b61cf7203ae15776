"""How the openings of a week page read. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from django.utils.html import conditional_escape as escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from appointments import formats
from appointments.clocks import Clocks, iso
from appointments.weeks import Week
from invitations.places import in_words
from scheduling.engine.hours import repeated, wall_clock
from scheduling.engine.intervals import Minute


class Slot(NamedTuple):
    """How a page shows an opening.

    ``notes`` is HTML: the other zone's time, where it differs, and how many places are left, where
    there is more than one; mostly nothing.

    A template takes it apart in its ``for``, as one name is found faster than an attribute. All is
    escaped already: what it is made of is so once for all slots of a page.
    """

    start: SafeString
    label: SafeString
    full_label: SafeString
    notes: SafeString
    url: SafeString


def slots_of(
    week: Week,
    duration_at: Callable[[Minute], int],
    clocks: Clocks,
    url: str,
    places: Mapping[Minute, int],
) -> Callable[[Minute, SafeString], Slot]:
    """What makes the slot of a start in a week, given its day in words."""
    twice = repeated(clocks.leading, *week.span(clocks.leading))
    zone = escape(formats.zone_time(clocks.leading))
    other_zone = escape(formats.zone_time(clocks.other)) if clocks.other else ""
    sentence = escape(_("%(day)s, %(start)s to %(end)s, %(zone)s"))
    up_to_start = escape(url)
    clock = formats.clock_of.at_once()

    @cache  # some end when others start
    def time(minute: Minute) -> SafeString:
        if minute in twice:
            return escape(clocks.time(minute, ambiguous=True))
        return clock(wall_clock(clocks.leading, minute)[1])

    def slot(minute: Minute, day: SafeString) -> Slot:
        start, label, end = iso(minute), time(minute), time(minute + duration_at(minute))
        words = sentence % {"day": day, "start": label, "end": end, "zone": zone}
        notes = ""
        if other := clocks.other_time(minute):
            other = escape(other)
            words, notes = f"{words} ({other}, {other_zone})", f"<small>{other}</small>"
        if minute in places:
            left = escape(in_words(places[minute]))
            words, notes = f"{words}, {left}", f"{notes}<small>{left}</small>"
        return Slot(start, label, *map(SafeString, (words, notes, f"{up_to_start}{start}")))

    return slot
