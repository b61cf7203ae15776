"""The admin of invitations. They are generated, then changed here in what still may change."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment
from invitations import changes
from invitations.admin.actions import LifeActions
from invitations.admin.explaining import explain_urls
from invitations.admin.generate import generate_urls
from invitations.admin.inlines import HistoryInline, HostInline, KeyInline
from invitations.admin.lists import (
    Columns,
    ForClient,
    StateFilter,
    appointments_page,
    find_next_starts,
)
from invitations.admin.moving import move_urls
from invitations.admin.prospect_figures import figures_of_invitation
from invitations.admin.share import share_urls
from invitations.generate import ImpossibleCriteriaError
from invitations.models import Invitation, InvitationQuerySet
from scheduling.access import Act
from scheduling.admin.narrowed import reach
from scheduling.models import ServiceResource


class InvitationForm(forms.ModelForm):
    """Says beside its field what makes no sense, by the same checks as the change itself."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for problem in changes.problems(self.instance, cleaned, timezone.now()):
            self.add_error(problem.field, problem.message)
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(LifeActions, Columns):
    acts = {"view": Act.SEE_INVITATIONS, "change": Act.CHANGE_INVITATIONS}
    form = InvitationForm
    list_filter = (
        StateFilter,
        ("owner", admin.RelatedOnlyFieldListFilter),
        ("hosts__service_resource", admin.RelatedOnlyFieldListFilter),
        ("topic", admin.RelatedOnlyFieldListFilter),
        ("territory", admin.RelatedOnlyFieldListFilter),
        "until_date",
        ForClient,
    )
    date_hierarchy = "created_at"
    search_fields = (
        "topic__name",
        "work_type__name",
        "territory__name",
        "hosts__service_resource__name",
        "owner__name",
        "message",
    )
    readonly_fields = (
        *("state", "next_free", "what", "place", "appointment_type"),
        *("used", "last_booking", "time_zone", "policy"),
    )
    fieldsets = (
        (None, {"fields": readonly_fields[:-2]}),
        (
            _("Changes count at once, for links that are out already, too"),
            {
                "fields": (
                    "is_active",
                    ("from_date", "until_date", "expiry_date"),
                    "time_zone",
                    ("max_bookings", "max_per_guest"),
                    ("audience", "respects_wishes"),
                    "allows_extended_hours",
                    "scheduling_policy",
                    "owner",
                    "message",
                )
            },
        ),
    )
    inlines = (HostInline, KeyInline, HistoryInline)
    empty_hint = _("Press “Generate invitation” to make the first one.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return cast(InvitationQuerySet, rows).of_resources(resources)

    def get_queryset(self, request: HttpRequest) -> InvitationQuerySet:
        rows = cast(InvitationQuerySet, super().get_queryset(request)).for_staff(timezone.now())
        return rows.with_last_booked().select_related("created_by", "on_behalf_of")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may not choose a policy reads its name, which is no link then."""
        (what, (title, options)) = self.fieldsets
        if reach(request).may_choose_policies:
            return self.fieldsets
        fields = ("policy" if name == "scheduling_policy" else name for name in options["fields"])
        return what, (title, {"fields": tuple(fields)})

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(request, *args, **kwargs)
        find_next_starts([found])
        return found

    def choices(self, related: type[Model], request: HttpRequest) -> QuerySet[Any]:
        """An owner is one for whom the user may generate, as for those generated anew."""
        if issubclass(related, ServiceResource):
            return reach(request).resources(Act.GENERATE)
        return super().choices(related, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # generated, step by step

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its links would be dead (rule L3); switching off says why

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            *generate_urls(wrap),
            *share_urls(wrap),
            *explain_urls(wrap),
            *move_urls(wrap),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        tools = {"may_generate": reach(request).anybody(Act.GENERATE)}
        return super().changelist_view(request, {**tools, **(extra_context or {})})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ImpossibleCriteriaError as error:
            # Somebody else changed it between the form's check and the lock.
            messages.error(request, error.message)
        except TooBusyError:
            messages.error(request, TOO_BUSY)
        return redirect(request.path)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        invitation = context["original"]
        context["may_generate"] = reach(request).anybody(Act.GENERATE)
        if self.sees_appointments(request):
            context["appointments"] = self._appointments(request, invitation).count()
            context["appointments_page"] = appointments_page(invitation)
        context["figures"] = figures_of_invitation(request, invitation)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = self.get_queryset(request).get(pk=obj.pk)
        changes.change(
            obj.pk,
            {name: form.cleaned_data[name] for name in form.changed_data},
            actor=cast(User, request.user),
            on_behalf_of=self.acting_for(request, before),
            now=timezone.now(),
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Whoever gave it away may have lost sight of it."""
        if self.get_queryset(request).filter(pk=obj.pk).exists():
            return super().response_change(request, obj)
        messages.success(
            request, gettext("The invitation belongs to %(owner)s now.") % {"owner": obj.owner}
        )
        return redirect("admin:invitations_invitation_changelist")

    def _appointments(self, request: HttpRequest, invitation: Invitation) -> QuerySet[Appointment]:
        """Those booked by it that the user may see."""
        rows = self.admin_site.get_model_admin(Appointment).get_queryset(request)
        return rows.filter(invitation_booking__invitation=invitation)
