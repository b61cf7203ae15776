"""The guest's way to a free time: enter, choose, week, zone. Nothing here changes anything but
that a recipient's link was fetched (rule L2)."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appointments import formats
from appointments.pages import key_page
from appointments.signed_in import visitor_of
from appointments.terms import Terms
from appointments.weeks import Week
from invitations.access import invitation_required
from invitations.choices import Undecided, hosts_of, terms_of
from invitations.converters import KeyConverter, is_key
from invitations.guest_pages import choice_page, guest_page
from invitations.keys import find_key
from invitations.models import InvitationKey
from invitations.prospects.marks import note
from invitations.visit import Visit, carried, client_at
from invitations.zones import zones_by_country


@require_safe
@key_page
def enter(request: HttpRequest) -> HttpResponse:
    """``?invitationKey=`` leads on to the invitation (rule L1), with ``start`` to the details of
    that time; else a field for link or key. The link of an appointment leads on to that."""
    typed = request.GET.get("invitationKey", "").strip()
    if booked := _appointment_in(typed):
        return HttpResponseRedirect(reverse("appointment", args=[booked]))
    key = _key_in(typed)
    try:
        way_in = _way_in(key, request.GET)
    except NoReverseMatch:
        return render(request, "invitations/enter.html", {"typed": typed})
    now = timezone.now()
    if found := find_key(key, now):
        note(request, found, now)
    return HttpResponseRedirect(way_in)


def _way_in(key: str, query: QueryDict) -> str:
    """The week page, or the details of the ``start`` that is named, with what was chosen.

    Raises NoReverseMatch.
    """
    start = {"start": query["start"]} if query.get("start") else {}
    chosen = "&".join(filter(None, [carried(query), urlencode(start, safe=":")]))
    page = reverse("book" if start else "invitation", args=[key])
    return f"{page}?{chosen}" if chosen else page


def _appointment_in(typed: str) -> str | None:
    """The key of an appointment in what a guest pasted: its page, or one below that."""
    found = re.search(f"/appointment/({KeyConverter.regex})", typed)
    return found and found[1]


def _key_in(typed: str) -> str:
    """The key in what a guest pasted: the last part of a link that could be one."""
    parts = re.split(r"[/?&=#\s]+", typed)
    return next((part for part in reversed(parts) if is_key(part)), typed)


@require_http_methods(["GET", "HEAD", "POST"])
@key_page
def moved(request: HttpRequest, rest: str) -> HttpResponse:
    """A former prefix: the same page under the current one, for ever (rule L1)."""
    query = request.META["QUERY_STRING"]
    target = reverse("enter") + quote(rest) + (f"?{query}" if query else "")
    # 308 keeps the method, so that a form opened under the old prefix still arrives.
    return HttpResponseRedirect(target, status=308)


@require_safe
@invitation_required
def week(request: HttpRequest, key: InvitationKey, week: Week | None = None) -> HttpResponse:
    """A week of free times; without one named, the first that has any."""
    hosts = hosts_of(key.invitation)
    page = guest_page(key, hosts, request.GET, week, timezone.now(), visitor=visitor_of(request))
    return render(request, page.template, page.context)


@require_safe
@invitation_required
def zone(request: HttpRequest, key: InvitationKey, week: Week | None = None) -> HttpResponse:
    """Every time zone by country; choosing one leads back to the week that one came from."""
    client = client_at(key, visitor_of(request))
    terms = terms_of(key.invitation, request.GET, client=client)
    if not isinstance(terms, Terms):
        return choose(request, key, terms)
    name, args = ("invitation_week", [key.key, week]) if week else ("invitation", [key.key])
    visit = Visit.of(key, terms, request.GET)
    context = {
        "visit": visit,
        "current": formats.zone_name(visit.guest_zone),
        "countries": zones_by_country(),
        "back": reverse(name, args=args),
        "unchanged": visit.week_url(week),
    }
    return render(request, "invitations/zone.html", context)


def choose(
    request: HttpRequest,
    key: InvitationKey,
    undecided: Undecided,
    *,
    status: int = 200,
    written: str = "",
) -> HttpResponse:
    """What the invitation leaves to the guest: a topic, then a place.

    ``written`` is what they wrote before, which is given back.
    """
    page = choice_page(key, hosts_of(key.invitation), undecided)
    return render(request, page.template, {**page.context, "written": written}, status=status)
