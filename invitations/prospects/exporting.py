"""Recipients with what became of them, as a table for a spreadsheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from tablib import Dataset

from appointments.cells import safe
from invitations.models import RecipientQuerySet, State
from invitations.prospects.funnel import Reached

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

TIMES = {
    "queued_at": Reached.QUEUED,
    "sent_at": Reached.SENT,
    "refused_at": Reached.REFUSED,
    "fetched_at": State.FETCHED,
    "opened_at": Reached.OPENED,
    "booked_at": Reached.BOOKED,
    "moved_at": Reached.MOVED,
    "cancelled_at": Reached.CANCELLED,
    "withdrawn_at": Reached.WITHDRAWN,
}


def exported(recipients: RecipientQuerySet, kind: str) -> bytes:
    """A file of recipients ``with_history()``; ``kind`` is “csv” or “xlsx”. In one query.

    Times are those of the invitation's zone: “2026-11-23 10:00”.
    """
    said = ("first_name", "last_name", "email", "phone")
    rows = recipients.values_list("prospect_list__invitation__time_zone", "state", *said, *TIMES)
    table = Dataset(headers=_headings())
    for zone, state, *cells in rows.iterator(chunk_size=2000):
        people, times = cells[: len(said)], cells[len(said) :]
        shown = [*people, str(State(state).label), *(_local(time, zone) for time in times)]
        table.append([safe(cell) for cell in shown])
    if kind == "xlsx":
        return bytes(table.export("xlsx"))
    # Without the mark, spreadsheets take UTF-8 for something else.
    return str(table.export("csv")).encode("utf-8-sig")


def _headings() -> list[str]:
    people = [_("First name"), _("Last name"), _("E-mail address"), _("Phone"), _("State")]
    return [*people, *(str(step.label) for step in TIMES.values())]


def _local(instant: datetime | None, zone: Any) -> str:
    return "" if instant is None else f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
