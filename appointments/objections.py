"""What speaks against an appointment from the client's side, when staff book for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from appointments.models import Client
from appointments.openings import question_about
from appointments.terms import Terms
from appointments.wishes import wishes_of
from scheduling.engine.intervals import minute_of
from scheduling.engine.reasons import reasons_of_visit
from scheduling.engine.rules import Preference, Reason


def objections(client: Client, terms: Terms, start: datetime, now: datetime) -> frozenset[Reason]:
    """Visiting hours, their holidays, an excluded host; whatever else closes the start.

    The client's wishes count here whether an invitation respects them or not. ``start`` and
    ``now`` are aware.
    """
    terms = replace(terms, wishes=wishes_of(client))
    found = set(reasons_of_visit(question_about(terms, start, now, now), minute_of(start)))
    if any(terms.wishes.about(host.pk) is Preference.EXCLUDED for host in terms.hosts):
        found.add(Reason.EXCLUDED_HOST)
    return frozenset(found)
