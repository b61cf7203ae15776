"""The guest's way to a free time: enter, choose, week, zone. Nothing here changes anything."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appointments.openings import question
from appointments.pages import key_page
from appointments.terms import Terms
from invitations.access import invitation_required, office_of
from invitations.calendar import Week
from invitations.choices import PlaceChoice, TopicChoice, Undecided, terms_of
from invitations.models import InvitationKey
from invitations.visit import Visit, carried
from invitations.week import week_page
from invitations.zones import zones_by_country


@require_safe
@key_page
def enter(request: HttpRequest) -> HttpResponse:
    """``?invitationKey=`` leads on to the invitation (rule L1); else a field for link or key."""
    typed = request.GET.get("invitationKey", "").strip()
    key = typed.rstrip("/").rsplit("/", 1)[-1]
    try:
        return HttpResponseRedirect(reverse("invitation", args=[key]))
    except NoReverseMatch:
        return render(request, "invitations/enter.html", {"typed": typed})


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
    terms = terms_of(key.invitation, request.GET)
    if not isinstance(terms, Terms):
        return choose(request, key, terms)
    visit = Visit.of(key, terms, request.GET)
    page = week_page(
        question(terms, timezone.now()),
        week,
        visit.clocks,
        starts_on=settings.WEEK_STARTS_ON,
        url=visit.slot_url,
    )
    if page is None:
        return nothing_free(request, key)
    return render(request, "invitations/week.html", {"visit": visit, "page": page})


@require_safe
@invitation_required
def zone(request: HttpRequest, key: InvitationKey) -> HttpResponse:
    """Every time zone by country; choosing one leads back to the week."""
    terms = terms_of(key.invitation, request.GET)
    if not isinstance(terms, Terms):
        return choose(request, key, terms)
    context = {"visit": Visit.of(key, terms, request.GET), "countries": zones_by_country()}
    return render(request, "invitations/zone.html", context)


def choose(request: HttpRequest, key: InvitationKey, undecided: Undecided) -> HttpResponse:
    """What the invitation leaves to the guest: a topic, then a place."""
    context = {"key": key, "carried": carried(request.GET)}
    match undecided:
        case TopicChoice(topics):
            return render(request, "invitations/topics.html", {**context, "topics": topics})
        case PlaceChoice(places):
            return render(request, "invitations/places.html", {**context, "places": places})
        case _:
            return nothing_free(request, key)


def nothing_free(request: HttpRequest, key: InvitationKey) -> HttpResponse:
    """The link works, but no time is free under it now."""
    return render(request, "invitations/nothing_free.html", {"contact": office_of(key)})
