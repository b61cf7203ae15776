"""Appointments to come that their hosts cannot keep: shown, given away, and cancelled together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments import changes
from appointments.access import author_of, may_change
from appointments.admin.cancelling import ReasonForm
from appointments.admin.lists import moment
from appointments.booking import TimeGoneError
from appointments.changes import MOVABLE, TooLateError
from appointments.conflicts import Conflict, conflicts
from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment
from appointments.reassigning import is_reassignable, reassign
from appointments.standing_in import StandIns, stand_ins
from scheduling.access import Act, Reach
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource

PAGE = "admin:appointments_appointment_conflicts"
MOST_TAKERS = 3
"""How many hosts are offered to take over; there is a page for all of them."""

CHANGED = _("This appointment was changed meanwhile. Please look again.")


class ConflictsPage(NarrowedAdmin):
    """What is left to move or cancel for those whose appointments the user may see."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.conflicts_page)
        name = PAGE.removeprefix("admin:")
        return [path("conflicts/", page, name=name), *super().get_urls()]

    def conflicts_page(self, request: HttpRequest) -> HttpResponse:
        """GET lists them all; POST cancels those whose keys are in ``appointment``.

        Or gives one to another host: ``give`` names it, the host who is away, and who takes over.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = _seen(reach(request))
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if _done(request, found, form):
                return redirect(PAGE)
            found = _seen(reach(request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Appointments that cannot be kept"),
            "rows": _rows(reach(request), found),
            "ticked": request.POST.getlist("appointment"),
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": ["reason"]})], {}),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/appointments/conflicts.html", context)


def warn(request: HttpRequest) -> None:
    """Say on the next page how many there are now, and lead to them."""
    number = len(_seen(reach(request)))
    if number:
        words = ngettext(
            "%(n)s appointment to come cannot be kept: its host is away or not at work then.",
            "%(n)s appointments to come cannot be kept: their hosts are away or not at work then.",
            number,
        ) % {"n": number}
        link = gettext("Move or cancel")
        text = format_html('{} <a href="{}">{}</a>', words, reverse(PAGE), link)
        messages.warning(request, text)


def _seen(found: Reach) -> list[Conflict]:
    return conflicts(found.resources(Act.SEE_APPOINTMENTS), timezone.now())


def _rows(found: Reach, shown: list[Conflict]) -> list[dict[str, Any]]:
    candidates = found.resources(Act.CHANGE_APPOINTMENTS)
    takers = stand_ins(shown, candidates, MOST_TAKERS + 1, timezone.now())
    return [_row(found, *each) for each in zip(shown, takers, strict=True)]


def _row(found: Reach, conflict: Conflict, takers: StandIns) -> dict[str, Any]:
    appointment = conflict.appointment
    may = may_change(found, appointment)
    may_give = found.may(Act.CHANGE_APPOINTMENTS, conflict.host)
    return {
        "conflict": conflict,
        "may_give": may_give and is_reassignable(appointment, timezone.now()),
        "takers": takers[:MOST_TAKERS],
        "has_more": len(takers) > MOST_TAKERS,
        "begins": moment(appointment.start, appointment.territory.time_zone),
        "may_cancel": may and not changes.is_over(appointment, timezone.now()),
        "may_move": may and appointment.status in MOVABLE,
    }


def _done(request: HttpRequest, found: list[Conflict], form: ReasonForm) -> bool:
    """Do what was pressed; False where something is left to do with what was ticked or typed."""
    if "give" in request.POST:
        _give(request, found, request.POST["give"])
        return not (request.POST.get("reason") or request.POST.getlist("appointment"))
    return form.is_valid() and _cancel(request, found, form.cleaned_data["reason"])


def _give(request: HttpRequest, found: list[Conflict], chosen: str) -> None:
    """Give one to whom the page offered; who may give whose part away is asked once more."""
    for row in _rows(reach(request), found):
        conflict = row["conflict"]
        for taker in row["takers"] if row["may_give"] else ():
            if chosen == f"{conflict.appointment.pk}-{conflict.host.pk}-{taker.pk}":
                _reassign(request, conflict, taker)
                return
    messages.warning(request, CHANGED)


def _reassign(request: HttpRequest, conflict: Conflict, taker: ServiceResource) -> None:
    appointment = conflict.appointment
    author = author_of(reach(request), appointment)
    try:
        reassign(appointment.pk, conflict.host.pk, taker.pk, author=author, now=timezone.now())
    except (TimeGoneError, TooLateError):
        messages.warning(request, CHANGED)
    except TooBusyError:
        messages.error(request, TOO_BUSY)
    else:
        messages.success(request, gettext("It has another host. Whom it concerns gets a mail."))


def _cancel(request: HttpRequest, found: list[Conflict], reason: str) -> bool:
    """Cancel those that were ticked, as far as the user may and they still are in conflict.

    Whether there were any, and none is left; a message says what came of it.
    """
    chosen = set(request.POST.getlist("appointment"))
    ticked: dict[int, Appointment] = {
        conflict.appointment.pk: conflict.appointment
        for conflict in found
        if str(conflict.appointment.pk) in chosen
        and may_change(reach(request), conflict.appointment)
    }
    done, is_busy = 0, False
    try:
        for key, appointment in ticked.items():
            author = author_of(reach(request), appointment)
            try:
                done += changes.cancel(key, reason=reason, author=author, now=timezone.now())
            except TooLateError:
                messages.warning(request, CHANGED)
    except TooBusyError:
        is_busy = True
        messages.error(request, TOO_BUSY)
    if done:
        words = ngettext(
            "%(n)s appointment is cancelled. Whom it concerns gets a mail.",
            "%(n)s appointments are cancelled. Whom it concerns gets a mail.",
            done,
        )
        messages.success(request, words % {"n": done})
    elif not ticked:
        messages.warning(request, gettext("Tick the appointments to be cancelled first."))
    return bool(ticked) and not is_busy
