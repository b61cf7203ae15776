"""Who takes part in a group: staff add attendees, change its places and save it as a table."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from tablib import Dataset

from appointments.access import author_of, may_book_anyway, may_change
from appointments.admin.group_forms import AddForm, PlacesForm
from appointments.admin.lists import state
from appointments.admin.tools import tool_page
from appointments.booking import FormReusedError, TimeGoneError
from appointments.cells import safe
from appointments.changes import TooLateError
from appointments.form_tokens import hand_out
from appointments.groups import taken_in
from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment, Status
from appointments.planning import FewerThanTakenError, add, is_open_to_more, set_places
from appointments.states import state_of
from scheduling.admin.narrowed import NarrowedAdmin, reach


class Attendee(NamedTuple):
    """Who has, or had, a place, and how that stands."""

    appointment: Appointment
    state: SafeString


class GroupTool(NarrowedAdmin):
    """The list of attendees on a group's page, and the pages that change it."""

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "attendees/add/": (self.add_page, "add_attendee"),
            "places/": (self.places_page, "places"),
            "attendees.csv": (self.attendees_file, "attendees"),
        }
        own = [
            path(
                f"<path:object_id>/{end}",
                self.admin_site.admin_view(page),
                name=f"appointments_appointment_{name}",
            )
            for end, (page, name) in pages.items()
        ]
        return [*own, *super().get_urls()]

    def add_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        group = self._group(request, object_id)
        if not self._may_add(request, group):
            raise PermissionDenied
        scope, now = f"attendee:{group.pk}:{request.user.pk}", timezone.now()
        data = request.POST if request.method == "POST" else None
        form = AddForm(data, initial={"form_token": hand_out(scope, now)}, scope=scope, group=group)
        if form.is_valid() and _add(request, group, form):
            return redirect("admin:appointments_appointment_change", group.pk)
        if form.is_bound:
            form.renew_token(now)
        return tool_page(
            self,
            request,
            group,
            form,
            title=_("Add an attendee"),
            submit=_("Add"),
            leave=_("Back"),
        )

    def places_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        group = self._group(request, object_id)
        if not may_change(reach(request), group):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form = PlacesForm(data, initial={"places": group.places})
        if form.is_valid() and _set_places(request, group, form):
            return redirect("admin:appointments_appointment_change", group.pk)
        return tool_page(
            self,
            request,
            group,
            form,
            title=_("Change the places"),
            submit=_("Save"),
            leave=_("Back"),
        )

    def attendees_file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Those who take part, as a table, to whoever sees the group."""
        group = self._group(request, object_id)
        headings = [_("First name"), _("Last name"), _("E-mail address"), _("Phone"), _("State")]
        table = Dataset(headers=[str(heading) for heading in headings])
        now = timezone.now()
        for each in _coming(group):
            known = (each.first_name, each.last_name, each.email, each.phone)
            table.append([safe(cell) for cell in (*known, str(state_of(each, now)[1]))])
        # Without the mark, spreadsheets take UTF-8 for something else.
        content = str(table.export("csv")).encode("utf-8-sig")
        name = f"attendees-{group.start.astimezone(group.territory.time_zone):%Y-%m-%d}.csv"
        return HttpResponse(
            content,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        group, now = context["original"], timezone.now()
        if group.is_group:
            rows = group.attendees.order_by("last_name", "first_name", "pk")
            context["attendees"] = [Attendee(row, state(*state_of(row, now))) for row in rows]
            context["taken"] = taken_in(group, now)
            context["may_add"] = self._may_add(request, group)
            context["may_set_places"] = is_open_to_more(group, now) and may_change(
                reach(request), group
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def _group(self, request: HttpRequest, object_id: str) -> Appointment:
        found: Appointment = self.get_object(request, unquote(object_id))
        if not found.is_group:
            raise Http404
        return found

    def _may_add(self, request: HttpRequest, group: Appointment) -> bool:
        found = reach(request)
        may = may_book_anyway(found) and may_change(found, group)
        return may and is_open_to_more(group, timezone.now())


def _coming(group: Appointment) -> QuerySet[Appointment]:
    rows: QuerySet[Appointment] = group.attendees.exclude(status=Status.CANCELLED)
    return rows.order_by("last_name", "first_name", "pk")


def _add(request: HttpRequest, group: Appointment, form: AddForm) -> bool:
    """Whether they have a place, with a message; else the form says why not."""
    author, token = author_of(reach(request), group), form.cleaned_data["form_token"]
    try:
        add(group.pk, form.guest, token, author=author, now=timezone.now())
    except TimeGoneError:
        form.add_error(None, gettext("All places are taken by now."))
    except TooLateError:
        form.add_error(None, gettext("This appointment was changed meanwhile. Please look again."))
    except FormReusedError:
        form.add_error(None, gettext("This form was sent already. Send it again to add another."))
    except TooBusyError:
        form.add_error(None, TOO_BUSY)
    else:
        messages.success(request, gettext("They have a place, and get a mail."))
        return True
    return False


def _set_places(request: HttpRequest, group: Appointment, form: PlacesForm) -> bool:
    """Whether it is done; else the form says why not."""
    author, places = author_of(reach(request), group), form.cleaned_data["places"]
    try:
        set_places(group.pk, places, author=author, now=timezone.now())
    except FewerThanTakenError as error:
        text = ngettext(
            "%(n)s person takes part already. Please take somebody off first.",
            "%(n)s people take part already. Please take somebody off first.",
            error.taken,
        )
        form.add_error("places", text % {"n": error.taken})
    except TooLateError:
        form.add_error(None, gettext("This appointment was changed meanwhile. Please look again."))
    except TooBusyError:
        form.add_error(None, TOO_BUSY)
    else:
        messages.success(request, gettext("The places are changed. Nobody gets a mail."))
        return True
    return False
