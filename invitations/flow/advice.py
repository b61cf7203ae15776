"""Why an invitation has no free time, in words, and where that can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from appointments.models import Appointment, Client
from appointments.reason_words import SENTENCES
from invitations.flow.capacity import Capacity, capacity_of
from invitations.flow.flow import Flow
from invitations.generate import Criteria
from scheduling.engine.rules import Reason
from scheduling.models import Absence, OperatingHours, ServiceResource, WorkType


@dataclass(frozen=True, slots=True)
class Advice:
    """Why times are closed; ``url`` leads to what would change it, if one may go there."""

    words: Any
    url: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a draft has to offer: its free times, beside the limit, or advice where it has none."""

    capacity: Capacity
    limit: int | None
    advice: Sequence[Advice]


def outlook(request: HttpRequest, flow: Flow, moment: datetime | None = None) -> Outlook | None:
    """At an aware instant, now without one.

    None where the draft is unfinished, or leaves a choice to the guest.
    """
    found = capacity_of(flow, moment or flow.now)
    if found is None:
        return None
    criteria = flow.criteria()
    advice = [Advice(SENTENCES[why], _url(request, flow, criteria, why)) for why in found.reasons]
    return Outlook(found, criteria.max_bookings, advice)


def _url(request: HttpRequest, flow: Flow, criteria: Criteria, reason: Reason) -> str:
    host = criteria.hosts[0].pk
    match reason:
        case Reason.OUTSIDE_DATES:
            return reverse("admin:invitations_invitation_step", args=[flow.draft.key, "when"])
        case Reason.EXTENDED_HOURS:
            return reverse("admin:invitations_invitation_step", args=[flow.draft.key, "limits"])
        case Reason.NO_HOST:
            return reverse("admin:invitations_invitation_step", args=[flow.draft.key, "who"])
        case Reason.OUTSIDE_VISITING_HOURS | Reason.EXCLUDED_HOST:
            client = criteria.client
            return _page(request, Client, client.pk) if client else ""
        case Reason.ABSENT:
            return _list(request, Absence, service_resource__id__exact=host)
        case Reason.BOOKED | Reason.HOST_CAP:
            return _list(request, Appointment, assignments__service_resource__id__exact=host)
        case (
            Reason.NOT_AT_PLACE
            | Reason.OUTSIDE_HOST_HOURS
            | Reason.OUTSIDE_SHIFTS
            | Reason.BUSY_ELSEWHERE
            | Reason.CALENDAR_OUTDATED
            | Reason.UNSKILLED
        ):
            return _page(request, ServiceResource, host)
        case Reason.OUTSIDE_PLACE_HOURS | Reason.OTHER_TOPIC | Reason.HOLIDAY:
            place = criteria.territory
            return _page(request, OperatingHours, place.operating_hours_id) if place else ""
        case _:
            work = criteria.work_type
            return _page(request, WorkType, work.pk) if work else _list(request, WorkType)


def _list(request: HttpRequest, model: type[Any], **filters: Any) -> str:
    if not admin.site.get_model_admin(model).has_view_permission(request):
        return ""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url


def _page(request: HttpRequest, model: type[Any], key: int) -> str:
    if not admin.site.get_model_admin(model).has_view_permission(request):
        return ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
