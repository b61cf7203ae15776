"""The pages on which an appointment is given another time, by its guest and by staff (rule B7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.booking import TimeGoneError
from appointments.changes import Author, TooLateError
from appointments.form_tokens import hand_out
from appointments.forms import GuestForm, MoveForm
from appointments.locks import TooBusyError
from appointments.openings import is_open
from appointments.weeks import Week
from invitations.guest_forms import is_as_read
from invitations.moving import Move
from scheduling.engine.intervals import minute_of


def week_of_move(
    request: HttpRequest, move: Move, week: Week | None, **context: Any
) -> HttpResponse:
    """A week of free times; without one named, the week of the present time."""
    now = timezone.now()
    page = move.week_page(week, now)
    if page is None:
        return _render(request, "nothing_free", move, **context)
    clocks = move.clocks.now(minute_of(now))
    return _render(request, "week", move, visit=move, page=page, clocks=clocks, **context)


def confirm_move(request: HttpRequest, move: Move, author: Author, **context: Any) -> HttpResponse:
    """Both times, and a button that moves it and leads back to the appointment."""
    now, scope = timezone.now(), f"move:{move.appointment.key}"
    if request.method != "POST":
        start = GuestForm.read_start(request.GET.get("start", ""))
        form = MoveForm(initial={"form_token": hand_out(scope, now), "start": start}, scope=scope)
        if start is None or not is_open(move.question(now), start):
            return _time_gone(request, move, form, start or now, **context)
        return _asked(request, move, form, start, **context)
    form = MoveForm(request.POST, scope=scope)
    if form.is_valid():
        return _moved(request, move, form, author, **context)
    form.renew_token(now)
    start = form.cleaned_data.get("start")
    if start is None:
        return _time_gone(request, move, form, now, **context)
    return _asked(request, move, form, start, status=422, **context)


def too_late(request: HttpRequest, move: Move) -> HttpResponse:
    """That it can no longer be moved, and whom to ask."""
    context = {"details": move.details, "moving": True}
    return render(request, "appointments/too_late.html", context, status=409)


def _moved(
    request: HttpRequest, move: Move, form: MoveForm, author: Author, **context: Any
) -> HttpResponse:
    start, sent = form.cleaned_data["start"], form.cleaned_data["form_token"]
    if start != move.appointment.start and not is_as_read(request.POST, move.terms):
        notice = _("What is offered here has just changed. Please look at the new time again.")
        return _asked(request, move, form, start, status=409, notice=notice, **context)
    try:
        move.to(start, issued_at=sent.issued_at, author=author, now=timezone.now())
    except TimeGoneError:
        return _time_gone(request, move, form, start, **context)
    except TooLateError:
        return too_late(request, move)
    except TooBusyError:
        notice = _("Many people are booking right now, so this took too long. Please try again.")
        return _asked(request, move, form, start, status=503, notice=notice, **context)
    return HttpResponseRedirect(move.moved_url, status=303)


def _asked(
    request: HttpRequest, move: Move, form: MoveForm, start: datetime, **context: Any
) -> HttpResponse:
    time = move.time(minute_of(start), move.question(timezone.now()))
    return _render(request, "confirm", move, form=form, time=time, **context)


def _time_gone(
    request: HttpRequest, move: Move, form: MoveForm, start: datetime, **context: Any
) -> HttpResponse:
    """The nearest openings as buttons that move at once; until then the time stays as it was."""
    nearest = move.nearest(start, timezone.now())
    return _render(request, "time_gone", move, status=409, form=form, nearest=nearest, **context)


def _render(
    request: HttpRequest,
    name: str,
    move: Move,
    *,
    status: int = 200,
    frame: str = "",
    **context: Any,
) -> HttpResponse:
    """A page, or, with a ``frame``, that template around it."""
    template = f"invitations/move/{name}.html"
    context = {**context, "move": move, "guest_template": template}
    return render(request, frame or template, context, status=status)
