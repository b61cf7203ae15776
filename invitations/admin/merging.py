"""Two records of one client side by side, and the press that makes them one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment, Client
from invitations.merging import merge
from invitations.models import InvitationKey
from scheduling.admin.narrowed import NarrowedAdmin


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records, and how much there is of it."""

    client: Client
    appointments: int
    links: int

    @classmethod
    def of(cls, client: Client) -> Side:
        booked = Appointment.objects.of_client(client).count()
        return cls(client, booked, InvitationKey.objects.of_client(client).count())

    @property
    def weight(self) -> tuple[bool, int, int]:
        """The greater one is the one to keep, as far as can be told: proved, used, older."""
        used = self.appointments + self.links
        return self.client.verified_at is not None, used, -self.client.pk


class MergeForm(forms.Form):
    kept = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)

    def __init__(self, data: Any, sides: list[Side]) -> None:
        super().__init__(data, initial={"kept": max(sides, key=lambda side: side.weight).client.pk})
        self.fields["kept"].choices = [(side.client.pk, side.client) for side in sides]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> str:
        return str(self["kept"].value())


class MergeTool(NarrowedAdmin):
    """For whoever may change clients: from the page of one, or with two ticked in the list."""

    actions = ("merge_two",)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.merge_page)
        name = "appointments_client_merge"
        return [path("<int:one>/merge/<int:other>/", page, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_merge"] = self.has_change_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Merge two records of one client"), permissions=["change"])
    def merge_two(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse | None:
        chosen = queryset.order_by("pk").values_list("pk", flat=True)[:3]
        if len(chosen) != 2:
            words = gettext("Tick the two records that are to become one.")
            self.message_user(request, words, messages.WARNING)
            return None
        return redirect("admin:appointments_client_merge", *chosen)

    def merge_page(self, request: HttpRequest, one: int, other: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = self._found(request, one, other)
        if len(found) < 2:
            messages.info(request, gettext("This is one record only, so nothing is left to merge."))
            return redirect("admin:appointments_client_change", found[0].pk)
        sides = [Side.of(client) for client in found]
        form = MergeForm(request.POST if request.method == "POST" else None, sides)
        if form.is_valid() and self._merge(request, found, form.cleaned_data["kept"]):
            return redirect("admin:appointments_client_change", form.cleaned_data["kept"])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Merge two records of one client"),
            "sides": sides,
            "form": form,
        }
        return TemplateResponse(request, "admin/appointments/client/merge.html", context)

    def _found(self, request: HttpRequest, one: int, other: int) -> list[Client]:
        """Those that there still are. Raises Http404 where neither is."""
        rows = self.get_queryset(request).select_related("visiting_hours")
        rows = rows.prefetch_related("resource_preferences__service_resource")
        found = [rows.filter(pk=key).first() for key in dict.fromkeys((one, other))]
        if not any(found):
            raise Http404
        return [client for client in found if client is not None]

    def _merge(self, request: HttpRequest, pair: list[Client], kept_key: int) -> bool:
        """Whether there is nothing left to do, with a message and a trace."""
        kept, other = sorted(pair, key=lambda client: client.pk != kept_key)
        try:
            with transaction.atomic():
                if merge(kept.pk, other.pk):
                    words = gettext("Merged with another record: %(name)s, %(email)s.")
                    self.log_change(request, kept, words % {"name": other, "email": other.email})
                    self.log_deletions(request, [other])  # type: ignore[arg-type]  # it takes any iterable
        except TooBusyError:
            messages.error(request, TOO_BUSY)
            return False
        messages.success(request, gettext("The two records are one now."))
        return True
