"""The admin of what the flow starts from: templates, and usual invitations of resources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from invitations.models import GUEST_SIDE, InvitationTemplate, Lockable, ResourceDefaults
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource


class TemplateForm(forms.ModelForm):
    locked = forms.MultipleChoiceField(
        label=_("Fixed"),
        choices=Lockable,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is fixed can’t be changed on the way; it stays as this template says."),
    )


@admin.register(InvitationTemplate)
class InvitationTemplateAdmin(NarrowedAdmin):
    acts = {
        "view": Act.SET_PRESETS,
        "add": Act.SET_PRESETS,
        "change": Act.SET_PRESETS,
        "delete": Act.SET_PRESETS,
    }
    form = TemplateForm
    list_display = ("name", "belongs_to", "topic", "work_type", "territory", "is_active")
    list_select_related = ("owner", "topic", "work_type", "territory")
    list_filter = ("is_active", ("owner", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("topic", "work_type", "territory")
    empty_hint = _("Add what invitations usually say, so that nobody has to type it again.")
    fieldsets = (
        (None, {"fields": ("name", "slug", "owner", "is_active")}),
        (
            _("What it presets"),
            {
                "fields": (
                    ("topic", "work_type"),
                    ("territory", "appointment_type"),
                    "any_host",
                    "website",
                    ("from_in", "until_after", "expires_in"),
                    ("max_bookings", "max_per_guest"),
                    "audience",
                    ("allows_extended_hours", "scheduling_policy"),
                    "message",
                )
            },
        ),
        (_("The flow"), {"fields": ("locked", "skips_preview")}),
        (_("What guests are asked and told"), {"fields": GUEST_SIDE}),
    )

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(owner__in=resources)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs["queryset"] = reach(request).resources(Act.SET_PRESETS)
            field = super().formfield_for_foreignkey(db_field, request, **kwargs)
            # Only the office's own staff write for everybody.
            field.required = not reach(request).everybody(Act.SET_PRESETS)
            return field
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if own := reach(request).own:
            initial.setdefault("owner", own.pk)
        return initial

    @admin.display(description=_("belongs to"), ordering="owner")
    def belongs_to(self, template: InvitationTemplate) -> Any:
        return str(template.owner) if template.owner else _("everybody")


@admin.register(ResourceDefaults)
class ResourceDefaultsAdmin(NarrowedAdmin):
    acts = {
        "view": Act.SET_PRESETS,
        "add": Act.SET_PRESETS,
        "change": Act.SET_PRESETS,
        "delete": Act.SET_PRESETS,
    }
    list_display = ("service_resource", "topic", "territory", "template")
    list_select_related = ("service_resource", "topic", "territory", "template")
    search_fields = ("service_resource__name",)
    autocomplete_fields = ("topic", "territory")
    empty_hint = _("Add the topic and the territory that invitations of somebody start with.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(service_resource__in=resources)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        resources = reach(request).resources(Act.SET_PRESETS)
        if db_field.name == "service_resource":
            kwargs["queryset"] = resources
        if db_field.name == "template":
            kwargs["queryset"] = InvitationTemplate.objects.offered_to(resources)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
