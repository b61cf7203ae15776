"""The admin of who assists whom. A resource sees who may act for it, and can end that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from scheduling.access import Act, end, is_over
from scheduling.admin.narrowed import NarrowedAdmin, SeenWithParent, reach
from scheduling.groups import ASSISTANTS, join
from scheduling.models import AssistantGrant, ServiceResource

RIGHTS = (
    "can_generate_invitations",
    "can_change_invitations",
    "can_see_appointments",
    "can_change_appointments",
    "gets_messages",
)


def name_of(user: User) -> str:
    return user.get_full_name() or user.get_username()


def by_whom(user: User | None, resource: ServiceResource | None) -> str:
    """“Alex Assistant for Anna Berger”; empty where nobody is known."""
    if user is None:
        return str(resource or "")
    if resource is None or resource.user_id == user.pk:
        return name_of(user)
    names = {"assistant": name_of(user), "resource": resource}
    return gettext("%(assistant)s for %(resource)s") % names


class AssistantGrantInline(SeenWithParent, admin.TabularInline):
    model = AssistantGrant
    extra = 0
    autocomplete_fields = ("assistant",)
    readonly_fields = ("who",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or reach(request).may(Act.SEE_GRANTS, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        who = "assistant" if self.has_change_permission(request, obj) else "who"
        return (who, "valid_from", "valid_until", *RIGHTS)

    @admin.display(description=_("assistant"))
    def who(self, grant: AssistantGrant) -> str:
        return name_of(grant.assistant)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssistantGrant]:
        return super().get_queryset(request).select_related("service_resource", "assistant")


@admin.register(AssistantGrant)
class AssistantGrantAdmin(NarrowedAdmin):
    acts = {"view": Act.SEE_GRANTS, "end": Act.END_GRANTS}
    list_display = ("who", "service_resource", "valid_from", "valid_until", *RIGHTS)
    list_select_related = ("service_resource", "assistant")
    list_filter = (("service_resource", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("assistant__username", "assistant__last_name", "service_resource__name")
    autocomplete_fields = ("service_resource", "assistant")
    readonly_fields = ("who",)
    empty_hint = _("Add who may act on a service resource’s behalf, and for how long.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(service_resource__in=resources)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        who = "who" if obj and not self.has_change_permission(request, obj) else "assistant"
        return ("service_resource", who, "valid_from", "valid_until", *RIGHTS)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        who, *rest = self.list_display
        # Beside the name, where it is in sight on a phone as well.
        return (who, "button", *rest) if self.reaches("end", request) else self.list_display

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.end_page)
        name = "scheduling_assistantgrant_end"
        return [path("<path:object_id>/end/", page, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def end_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ends a grant at once, and goes back to the list."""
        grant = self.get_object(request, unquote(object_id))
        if not self.reaches("end", request, grant):
            raise PermissionDenied
        with transaction.atomic():
            end(grant, timezone.now())
            self.log_change(request, grant, [{"changed": {"fields": ["until"]}}])
        text = gettext("%(assistant)s no longer acts for %(resource)s.")
        names = {"assistant": name_of(grant.assistant), "resource": grant.service_resource}
        messages.success(request, text % names)
        return redirect("admin:scheduling_assistantgrant_changelist")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        join(obj.assistant, ASSISTANTS)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        grant = context.get("original")
        runs = isinstance(grant, AssistantGrant) and not is_over(grant, timezone.now())
        context["may_end"] = runs and self.reaches("end", request, grant)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("assistant"), ordering="assistant")
    def who(self, grant: AssistantGrant) -> str:
        return name_of(grant.assistant)

    @admin.display(description=_("end the grant"))
    def button(self, grant: AssistantGrant) -> SafeString | str:
        if is_over(grant, timezone.now()):
            return gettext("over")
        # The list is one form already: the button only sends it elsewhere.
        address = reverse("admin:scheduling_assistantgrant_end", args=[grant.pk])
        return format_html(
            '<button type="submit" formaction="{}">{}</button>', address, gettext("End today")
        )
