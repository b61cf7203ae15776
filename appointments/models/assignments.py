"""Whose time appointments hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import Appointment
from appointments.models.statuses import Status
from scheduling.models import ServiceResource


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def required(self) -> Self:
        """Those of hosts who have to be there; only they hold time."""
        return self.filter(is_required=True)

    def holding_time(self, start: datetime, end: datetime, since: datetime) -> Self:
        """Those whose blocked time meets ``[start, end)``, unless they have lapsed by ``since``.

        That is now less GRACE.
        """
        return self.blocking(start, end).unlapsed(since)

    def in_the_way_of(self, part: Assignment) -> Self:
        """Others that hold the time of a part on its very seat."""
        rows = self.filter(service_resource=part.service_resource_id, seat=part.seat)
        return rows.blocking(part.blocked_start, part.blocked_end).exclude(pk=part.pk)

    def lapsed(self, start: datetime, end: datetime, since: datetime) -> Self:
        """Those that lapsed by ``since`` but still stand in the guard's way."""
        return self.blocking(start, end).filter(holds_until__lte=since)

    def unlapsed(self, since: datetime) -> Self:
        """Those that had not lapsed by ``since``, as if nobody had waited to give them free."""
        return self.filter(Q(holds_until=None) | Q(holds_until__gt=since))

    def blocking(self, start: datetime, end: datetime) -> Self:
        """Those whose blocked time meets ``[start, end)``, lapsed or not, as the guard sees it."""
        return self.filter(holds_time=True, blocked_start__lt=end, blocked_end__gt=start)

    def on_the_agenda(self, start: datetime, end: datetime, since: datetime) -> Self:
        """What was not cancelled, nor had lapsed by ``since``, and meets ``[start, end)``.

        Of a group itself, not what its attendees have of it.
        """
        rows = self.unlapsed(since).filter(
            blocked_start__lt=end, blocked_end__gt=start, appointment__group=None
        )
        rows = rows.exclude(appointment__status=Status.CANCELLED).order_by("appointment__start")
        return rows.select_related(
            "appointment__territory__operating_hours",
            "appointment__work_type",
            "appointment__topic",
        )


class Assignment(models.Model):
    """A resource's part in an appointment, and the time it blocks, if its part ``is_required``.

    Who is invited beside holds no time and takes no seat, whatever the appointment's status.
    The database refuses overlaps of rows that hold time, per resource and seat, and reads
    nothing but this table for it (rule B2, ``appointments.guards``). Since it cannot look at
    the clock, what held time until ``holds_until`` is given free by whoever books that time.
    """

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, related_name="assignments", verbose_name=_("appointment")
    )
    service_resource = models.ForeignKey(
        ServiceResource,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("service resource"),
    )
    is_primary = models.BooleanField(_("primary"), default=True)
    is_required = models.BooleanField(_("required"), default=True)
    seat = models.PositiveSmallIntegerField(_("seat"), default=1)
    blocked_start = models.DateTimeField(_("blocked from"))
    blocked_end = models.DateTimeField(_("blocked until"))
    holds_time = models.BooleanField(_("holds time"), default=True)
    holds_until = models.DateTimeField(_("holds time until"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["appointment", "-is_primary", "pk"]
        indexes = [
            models.Index(
                fields=["service_resource", "blocked_end", "blocked_start", "seat"],
                condition=Q(holds_time=True),
                name="assignment_time_held",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(blocked_end__gt=F("blocked_start")),
                name="assignment_ends_after_start",
                violation_error_message=_("The blocked time must end after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(is_required=True) | Q(holds_time=False, is_primary=False),
                name="assignment_optional_holds_nothing",
                violation_error_message=_("Who need not be there holds no time."),
            ),
            models.CheckConstraint(
                condition=Q(seat__gte=1),
                name="assignment_seats_from_one",
                violation_error_message=_("Seats are counted from one."),
            ),
            models.UniqueConstraint(
                fields=["appointment", "service_resource"],
                name="assignment_unique",
                violation_error_message=_("This resource is assigned already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_resource}: {self.blocked_start.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
