"""What pages that explain a week have in common: what is asked, and what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.admin.wall_clock import WallClockField, first_instant
from appointments.clocks import iso
from appointments.explain.causes import Cause, Records
from appointments.explain.verdict import Verdict, neighbours, verdict
from appointments.explain.week import explained
from appointments.openings import question_between
from appointments.terms import Terms
from appointments.weeks import Week
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.engine.layers import Layer, Source
from scheduling.engine.rules import Question, Reason

PRIVATE = {
    Reason.ABSENT: Act.SEE_ABSENCES,
    Reason.BUSY_ELSEWHERE: Act.SEE_CALENDARS,
    Reason.CALENDAR_OUTDATED: Act.SEE_CALENDARS,
    Reason.BOOKED: Act.SEE_APPOINTMENTS,
    Reason.HOST_CAP: Act.SEE_APPOINTMENTS,
    Reason.EXCLUDED_HOST: Act.SEE_CLIENTS,
}
"""What somebody has to be allowed to see of a host to be told these."""


class MomentForm(forms.Form):
    """Any time, as a clock shows it at the place."""

    moment = WallClockField(label=_("Why not at"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A week, and a start in it, if one is asked about; ``form`` asks for another."""

    week: Week
    start: datetime | None
    form: MomentForm


def asked(request: HttpRequest, zone: ZoneInfo, now: datetime) -> Asked:
    """By ``at``, an ISO instant, by a time in the form, or by ``week``; else this week."""
    form = MomentForm(request.GET if "moment_0" in request.GET else None)
    start = _named(request.GET.get("at", "")) or _typed(form, zone)
    this_week = Week.at(minute_of(start or now), zone, settings.WEEK_STARTS_ON)
    if start is not None:
        shown = start.astimezone(zone).replace(tzinfo=None)
        return Asked(this_week, start, MomentForm(initial={"moment": shown}))
    try:
        return Asked(Week.parse(request.GET["week"], settings.WEEK_STARTS_ON), None, form)
    except (KeyError, ValueError):
        return Asked(this_week, None, form)


def _named(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo and 1980 <= instant.year <= 2200 else None


def _typed(form: MomentForm, zone: ZoneInfo) -> datetime | None:
    if not form.is_valid():
        return None
    try:
        found = first_instant(form.cleaned_data["moment"], zone)
    except forms.ValidationError as error:
        form.add_error("moment", error)
        return None
    return _named(found.isoformat())


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is told about the hosts of some terms."""

    request: HttpRequest
    terms: Terms

    def sees(self, layer: Layer) -> bool:
        """Whether they may know what a layer stands on."""
        act = Act.SEE_CLIENTS if layer.source is Source.VISITS else PRIVATE.get(layer.reason)
        return act is None or reach(self.request).may(act, self.terms.hosts[layer.host or 0])

    def page_of(self, cause: Cause) -> str:
        """The page of a record, empty where they may not see it."""
        try:
            page = admin.site.get_model_admin(type(cause.record))
        except NotRegistered:
            return ""
        opts = cause.record._meta
        act = page.acts.get("view") if isinstance(page, NarrowedAdmin) else None
        seen = self.request.user.has_perm(f"{opts.app_label}.view_{opts.model_name}")
        if not seen and not (act and cause.host and reach(self.request).may(act, cause.host)):
            return ""
        name = f"admin:{opts.app_label}_{opts.model_name}_change"
        return reverse(name, args=[cause.record.pk])


def chosen(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen before, for the page’s forms, and for its links as their beginning."""
    return {"chosen": values, "query": f"{urlencode(values)}&" if values else ""}


def explanation(request: HttpRequest, terms: Terms, now: datetime) -> dict[str, Any]:
    """What the page shows of the week that is asked for; five queries, and six for a start."""
    zone = terms.territory.time_zone
    found = asked(request, zone, now)
    since, until = (instant_of(minute) for minute in found.week.span(zone))
    question = question_between(terms, since, until, now)
    reader = Reader(request, terms)
    start = None if found.start is None else minute_of(found.start)
    return {
        "terms": terms,
        "form": found.form,
        "zone": formats.zone_time(zone),
        "explained": explained(
            question, found.week, [host.name for host in terms.hosts], reader.sees, start
        ),
        "previous": found.week.shifted(-1),
        "next": found.week.shifted(1),
        "this_week": Week.at(minute_of(now), zone, settings.WEEK_STARTS_ON),
        **(_start(reader, question, found.start, now) if found.start else {}),
    }


def _start(reader: Reader, question: Question, start: datetime, now: datetime) -> dict[str, Any]:
    """Why a start is open or not, and its neighbours."""
    records = Records.around(reader.terms, start, now)
    found: Verdict = verdict(question, minute_of(start), records, reader.sees, reader.page_of)
    earlier, later = neighbours(question, minute_of(start))
    return {"verdict": found, "earlier": iso(earlier), "later": iso(later)}
