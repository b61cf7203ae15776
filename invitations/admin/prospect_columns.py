"""What the page of a list says of each recipient, and how they are narrowed down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.admin.lists import by_time, state
from appointments.models import Appointment, AppointmentQuerySet, Status
from invitations.admin.lists import two_lines
from invitations.models import Recipient, State
from invitations.prospects.funnel import IS, Reached
from scheduling.admin.narrowed import NarrowedAdmin

SHAPES = {
    State.LISTED: "over",
    State.QUEUED: "wait",
    State.SENT: "sent",
    State.REFUSED: "bad",
    State.FETCHED: "sent",
    State.OPENED: "opened",
    State.BOOKED: "good",
    State.CANCELLED: "bad",
    State.NO_SHOW: "bad",
    State.WITHDRAWN: "over",
}
NOT_BOOKED = {
    "sent_not_booked": (_("Sent, not booked"), IS[Reached.SENT] & ~IS[Reached.BOOKED]),
    "opened_not_booked": (_("Opened, not booked"), IS[Reached.OPENED] & ~IS[Reached.BOOKED]),
}
SHOWN: dict[str, tuple[Any, Q]] = {
    **NOT_BOOKED,
    **{step.value: (step.label, meaning) for step, meaning in IS.items()},
}
"""What can be asked for, by what the address calls it: words, and what it means."""


class ReachedFilter(admin.SimpleListFilter):
    """By what was reached, as the picture above the list counts it."""

    title = _("what was reached")
    parameter_name = "reached"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        shown = [(name, words) for name, (words, _meaning) in SHOWN.items()]
        return [pair for pair in shown if pair[0] != Reached.LISTED.value]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = SHOWN.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class StateFilter(admin.SimpleListFilter):
    """By the one state that the list shows."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in State else queryset


class Booked(NamedTuple):
    """The appointment that stands, else the last one, of a recipient."""

    key: int
    recipient_key: int
    start: Any
    status: str


def find_appointments(request: HttpRequest, recipients: Sequence[Any]) -> None:
    """Tell each its ``appointment``, None where there is none that the user may see."""
    page = cast(Any, admin.site.get_model_admin(Appointment))
    seen: AppointmentQuerySet = page.get_queryset(request)
    keys = [each.key_id for each in recipients]
    booked = seen.filter(invitation_booking__key__in=keys).order_by("pk")
    fields = booked.values_list("pk", "invitation_booking__key", "start", "status")
    found = [Booked(*row) for row in fields]
    # A later one replaces an earlier one, and one that stands one that was cancelled.
    found.sort(key=lambda each: each.status != Status.CANCELLED)
    by_key = {each.recipient_key: each for each in found}
    for each in recipients:
        each.appointment = by_key.get(each.key_id)


class RecipientColumns(NarrowedAdmin):
    """Times are those of the invitation's zone, which the page says once."""

    times = ("queued", "sent", "fetched", "opened", "booked", "moved", "cancelled", "withdrawn")
    list_display = ("person", "state", "sent", "opened", "booked", "meeting")

    @admin.display(description=_("name, address"), ordering="last_name")
    def person(self, recipient: Recipient) -> SafeString:
        return two_lines(recipient, recipient.email)

    @admin.display(description=_("state"), ordering="state")
    def state(self, recipient: Any) -> SafeString:
        found = State(recipient.state)
        return state(SHAPES[found], found.label)

    @admin.display(description=_("queued"), ordering=by_time("queued_at"))
    def queued(self, recipient: Any) -> str:
        return _moment(recipient, recipient.queued_at)

    @admin.display(description=_("sent"), ordering=by_time("sent_at"))
    def sent(self, recipient: Any) -> str:
        return _moment(recipient, recipient.sent_at)

    @admin.display(description=_("fetched"))
    def fetched(self, recipient: Any) -> str:
        return _moment(recipient, recipient.fetched_at)

    @admin.display(description=_("opened"), ordering=by_time("opened_at"))
    def opened(self, recipient: Any) -> str:
        return _moment(recipient, recipient.opened_at)

    @admin.display(description=_("booked"), ordering=by_time("booked_at"))
    def booked(self, recipient: Any) -> str:
        return _moment(recipient, recipient.booked_at)

    @admin.display(description=_("moved"))
    def moved(self, recipient: Any) -> str:
        return _moment(recipient, recipient.moved_at)

    @admin.display(description=_("cancelled"))
    def cancelled(self, recipient: Any) -> str:
        return _moment(recipient, recipient.cancelled_at)

    @admin.display(description=_("withdrawn"))
    def withdrawn(self, recipient: Any) -> str:
        return _moment(recipient, recipient.withdrawn_at)

    @admin.display(description=_("appointment"))
    def meeting(self, recipient: Any) -> Any:
        """Leads to the appointment, for whoever may see it."""
        found: Booked | None = recipient.appointment
        if found is None:
            return "–"
        page = reverse("admin:appointments_appointment_change", args=[found.key])
        return format_html('<a href="{}">{}</a>', page, _moment(recipient, found.start))


def _moment(recipient: Recipient, instant: Any) -> str:
    """“23 Nov 2026, 10:00”: a column of them is read from top to bottom."""
    if instant is None:
        return "–"
    local = instant.astimezone(recipient.prospect_list.invitation.time_zone)
    return date_format(local, "SHORT_DATETIME_FORMAT")
