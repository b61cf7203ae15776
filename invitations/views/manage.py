"""The guest's manage page leads here: to another time for an appointment."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appointments import formats
from appointments.changes import GUEST, MOVABLE, is_movable
from appointments.models import Appointment
from appointments.pages import View, key_page
from appointments.weeks import Week
from invitations.moving import Move
from invitations.views.moving import confirm_move, too_late, week_of_move
from invitations.zones import zones_by_country


def of_movable(view: Callable[..., HttpResponse]) -> View:
    """Decorator: the view gets the Move of the appointment that the URL's key names.

    What can no longer be moved by its guest is answered here; what is cancelled, over or still to
    be confirmed, by its own page. A POST passes after the cut-off, as it may be the second press of
    the button that moved it. Unknown keys are 404.
    """

    @key_page
    @wraps(view)
    def guarded(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        appointment = get_object_or_404(Appointment.objects.with_own_page(now), key=key)
        if appointment.status not in MOVABLE:
            return HttpResponseRedirect(appointment.get_absolute_url(), status=303)
        move = Move.by_guest(appointment, request.GET)
        if request.method != "POST" and not is_movable(appointment, timezone.now()):
            return too_late(request, move)
        return view(request, move, *args, **kwargs)

    return guarded


@require_safe
@of_movable
def week(request: HttpRequest, move: Move, week: Week | None = None) -> HttpResponse:
    return week_of_move(request, move, week)


@require_safe
@of_movable
def zone(request: HttpRequest, move: Move, week: Week) -> HttpResponse:
    """Every time zone by country; choosing one leads back to the week that one came from."""
    context = {
        "visit": move,
        "current": formats.zone_name(move.guest_zone),
        "countries": zones_by_country(),
        "back": reverse("move_week", args=[move.appointment.key, week]),
        "unchanged": move.urls.week(week),
    }
    return render(request, "invitations/zone.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_movable
def confirm(request: HttpRequest, move: Move) -> HttpResponse:
    return confirm_move(request, move, GUEST)
