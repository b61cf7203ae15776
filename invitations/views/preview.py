"""The preview of a draft: the guest's own page, as a guest at some time in some zone sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appointments import formats
from appointments.fields import YEARS
from appointments.weeks import Week
from invitations.access import office_of
from invitations.flow.advice import outlook
from invitations.flow.flow import Flow, UnfinishedError
from invitations.generate import Criteria, draft_of
from invitations.guest_pages import GuestPage, guest_page
from invitations.models import InvitationKey
from invitations.views.generate import LAST, of_draft, unfinished
from invitations.week import Urls
from invitations.zones import read_zone, zones_by_country
from scheduling.engine.hours import epoch_day, instants
from scheduling.engine.intervals import instant_of


@require_safe
@of_draft
def preview(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The guest's page under a bar with what only staff need. Nothing is created yet."""
    try:
        criteria = flow.criteria()
    except UnfinishedError as error:
        return HttpResponseRedirect(unfinished(flow, error.step))
    moment = _moment(request.GET.get("at", ""), criteria.time_zone) or flow.now
    page = _guest_page(criteria, request.GET, moment)
    context = {**page.context, "guest_template": page.template}
    bar = _bar(request, flow, criteria, moment)
    return render(request, "admin/invitations/generate/preview.html", {**context, **bar})


def _guest_page(criteria: Criteria, query: QueryDict, moment: datetime) -> GuestPage:
    invitation = draft_of(criteria)
    key = InvitationKey(invitation=invitation, client=criteria.client)

    def week_url(week: Week) -> str:
        return f"?{urlencode({**query.dict(), 'week': str(week)})}"

    if closed := invitation.closed(moment, uses=0):
        context = {"closed": closed.value, "contact": office_of(key, criteria.hosts)}
        return GuestPage("invitations/closed.html", context)
    urls = Urls(week=week_url, slot="#", zone=lambda week: "")
    return guest_page(key, criteria.hosts, query, _week(query), moment, urls)


def _bar(request: HttpRequest, flow: Flow, criteria: Criteria, moment: datetime) -> dict[str, Any]:
    return {
        "flow": flow,
        "outlook": outlook(request, flow, moment),
        "audience": criteria.audience,
        "at": moment.astimezone(criteria.time_zone).strftime("%Y-%m-%dT%H:%M"),
        "at_zone": formats.zone_time(criteria.time_zone),
        "guest_zone": read_zone(request.GET.get("tz", "")) or criteria.time_zone,
        "countries": zones_by_country(),
        "back": reverse(
            "admin:invitations_invitation_step",
            args=[flow.draft.key, flow.neighbour("preview", -1) or LAST],
        ),
    }


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """The first instant at which a clock in ``zone`` shows a time like “2026-11-23T10:00”."""
    try:
        shown = datetime.fromisoformat(text)
        if shown.year not in YEARS:
            return None
        found = instants(zone, epoch_day(shown.date()), shown.hour * 60 + shown.minute)
        return instant_of(found[0])
    except (ValueError, OverflowError, IndexError):
        return None


def _week(query: QueryDict) -> Week | None:
    try:
        return Week.parse(query.get("week", ""), settings.WEEK_STARTS_ON)
    except ValueError:
        return None
