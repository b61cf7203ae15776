"""Staff give an appointment another time: the guest's own pages, under a bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments.access import author_of, may_change
from appointments.changes import MOVABLE, Author
from appointments.models import Appointment
from appointments.weeks import Week
from invitations.moving import Move
from invitations.views.moving import confirm_move, week_of_move
from scheduling.admin.narrowed import reach

FRAME = "admin/invitations/move.html"


def of_changeable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: the view gets a Move and its author, if the user may change the appointment."""

    @wraps(view)
    def guarded(request: HttpRequest, appointment: int, *args: Any, **kwargs: Any) -> HttpResponse:
        seen = admin.site.get_model_admin(Appointment).get_queryset(request)
        rows = Appointment.objects.with_page().filter(pk__in=seen.values("pk"))
        found = get_object_or_404(rows, pk=appointment)
        if not may_change(reach(request), found):
            raise PermissionDenied
        if found.status not in MOVABLE:
            messages.warning(request, _("This appointment can’t be moved any more."))
            return redirect("admin:appointments_appointment_change", found.pk)
        return view(
            request, Move.by_staff(found), author_of(reach(request), found), *args, **kwargs
        )

    return guarded


@require_safe
@of_changeable
def week(request: HttpRequest, move: Move, author: Author) -> HttpResponse:
    """A week of free times, ``?week=YYYY-Www``; without one, the week of the present time."""
    try:
        chosen = Week.parse(request.GET.get("week", ""), settings.WEEK_STARTS_ON)
    except ValueError:
        chosen = None
    return week_of_move(request, move, chosen, frame=FRAME)


@require_http_methods(["GET", "HEAD", "POST"])
@of_changeable
def confirm(request: HttpRequest, move: Move, author: Author) -> HttpResponse:
    response = confirm_move(request, move, author, frame=FRAME)
    if response.status_code == 303:
        messages.success(request, _("The appointment is moved. Whom it concerns gets a mail."))
    return response
