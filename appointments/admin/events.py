"""What happened to an appointment, in words for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.lists import ReadOnly, moment
from appointments.models import Appointment, AppointmentEvent, Status
from appointments.states import NOT_CONFIRMED
from scheduling.admin.assistants import by_whom
from scheduling.admin.narrowed import SeenWithParent
from scheduling.models import ServiceResource

Kind = AppointmentEvent.Kind


class EventInline(ReadOnly, SeenWithParent, admin.TabularInline):
    model = AppointmentEvent
    fields = ("when", "kind", "by", "what")
    readonly_fields = ("when", "by", "what")
    verbose_name_plural = _("what happened")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the name of the ``former`` host of each that gave one’s part to another."""
        rows = super().get_queryset(request).select_related("actor", "on_behalf_of")
        rows = rows.annotate(former_key=KT("details__from"))
        named: QuerySet[Any] = rows.annotate(former=_former())
        return named

    @admin.display(description=_("when"))
    def when(self, event: AppointmentEvent) -> str:
        return moment(event.at, ZoneInfo(settings.TIME_ZONE))

    @admin.display(description=_("by"))
    def by(self, event: AppointmentEvent) -> Any:
        if event.details.get("lapsed"):
            return self.get_empty_value_display()
        if event.actor is None:
            return _("the guest")
        return by_whom(event.actor, event.on_behalf_of)

    @admin.display(description=_("details"))
    def what(self, event: AppointmentEvent) -> str:
        return in_words(event)


def _former() -> Subquery:
    """The name of whose part an event gave to somebody else, as far as they are still there."""
    hosts = ServiceResource.objects.annotate(key=Cast("pk", TextField()))
    return Subquery(hosts.filter(key=OuterRef("former_key")).values("name"))


def in_words(event: Any) -> str:
    """What came of it, or why it was done: “Mon 23 Nov 2026, 10:00 (Berlin) → …”."""
    details = event.details
    if details.get("lapsed"):
        return str(NOT_CONFIRMED)
    if details.get("anyway") and not event.appointment.is_group:  # all of those are
        return gettext("Booked at any time")
    match event.kind:
        case Kind.STATUS_CHANGED:
            return str(Status(details["to"]).label)
        case Kind.MOVED:
            zone = event.appointment.territory.time_zone
            times = (datetime.fromisoformat(details[name]) for name in ("from", "to"))
            return " → ".join(moment(time, zone) for time in times)
        case Kind.REASSIGNED:
            former = event.former or gettext("somebody who is gone")
            return gettext("no longer %(resource)s") % {"resource": former}
        case Kind.DETAILS_CHANGED:
            return ", ".join(_named(name) for name in details["changed"])
        case _other:
            return str(details.get("reason", ""))


def _named(field: str) -> str:
    name = Appointment._meta.get_field(field).verbose_name  # type: ignore[union-attr]
    return str(capfirst(str(name)))
