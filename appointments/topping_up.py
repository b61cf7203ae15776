"""Workers make the occurrences of what recurs, as its days come into sight."""

from __future__ import annotations

from datetime import datetime

from appointments.chores import chore
from appointments.locks import TooBusyError, waiting_for_locks
from scheduling import recurring
from scheduling.models import AbsencePattern, ServiceResource, ShiftPattern


@chore
def top_up(now: datetime) -> None:
    """Once a day for each pattern; several workers at once make no occurrence twice."""
    for model in (ShiftPattern, AbsencePattern):
        due = model.objects.filter(expanded_until__lt=recurring.horizon(now))
        for key, resource in due.values_list("pk", "service_resource").order_by("pk"):
            try:
                _top_up(model, key, resource, now)
            except TooBusyError:
                continue  # it is due in a minute as well


def _top_up(
    model: type[ShiftPattern] | type[AbsencePattern], key: int, resource: int, now: datetime
) -> None:
    with waiting_for_locks():
        ServiceResource.lock([resource])
        due = model.objects.filter(pk=key, expanded_until__lt=recurring.horizon(now)).first()
        if due is not None:
            recurring.top_up(due, now)
