"""The admin of calendar feeds: a resource makes addresses of its own calendar and revokes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.admin.lists import moment, state
from appointments.links import absolute_url
from appointments.models import CalendarFeed
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource


@admin.register(CalendarFeed)
class CalendarFeedAdmin(NarrowedAdmin):
    acts = {"view": Act.SHARE_CALENDAR, "add": Act.SHARE_CALENDAR, "revoke": Act.SHARE_CALENDAR}
    list_display = ("service_resource", "kind", "state", "created", "revoked")
    list_select_related = ("service_resource",)
    list_filter = ("kind", ("service_resource", admin.RelatedOnlyFieldListFilter))
    search_fields = ("service_resource__name",)
    autocomplete_fields = ("service_resource",)
    readonly_fields = ("state", "address", "subscription", "created", "revoked")
    actions = None
    empty_hint = _("Add an address under which your own calendar can read your appointments.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(service_resource__in=resources)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        asked = ("service_resource", "kind")
        return (*asked, *self.readonly_fields) if obj else asked

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if own := reach(request).own:
            initial.setdefault("service_resource", own.pk)
        return initial

    # An address says one thing for as long as it is known: it is revoked, never changed.
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def response_add(
        self, request: HttpRequest, obj: CalendarFeed, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:appointments_calendarfeed_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.revoke_page)
        name = "appointments_calendarfeed_revoke"
        return [path("<path:object_id>/revoke/", page, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def revoke_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ends an address at once; revoked twice is once."""
        feed = self.get_object(request, unquote(object_id))
        if not self.may_revoke(request, feed):
            raise PermissionDenied
        with transaction.atomic():
            if CalendarFeed.objects.filter(pk=feed.pk).revoke(timezone.now()):
                self.log_change(request, feed, [{"changed": {"fields": ["revoked"]}}])
        messages.success(request, gettext("The address no longer answers."))
        return redirect("admin:appointments_calendarfeed_change", feed.pk)

    def may_revoke(self, request: HttpRequest, feed: CalendarFeed) -> bool:
        return reach(request).may(Act.SHARE_CALENDAR, feed.service_resource)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        feed = context.get("original")
        context["may_revoke"] = (
            isinstance(feed, CalendarFeed)
            and feed.revoked_at is None
            and self.may_revoke(request, feed)
        )
        for button in ("show_save_and_add_another", "show_save_and_continue"):
            context[button] = False
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("state"))
    def state(self, feed: CalendarFeed) -> SafeString:
        return state("over", _("Revoked")) if feed.revoked_at else state("good", _("In use"))

    @admin.display(description=_("address"))
    def address(self, feed: CalendarFeed) -> str:
        if feed.revoked_at:
            return self.get_empty_value_display()
        return absolute_url(feed.get_absolute_url())

    @admin.display(description=_("subscribe"))
    def subscription(self, feed: CalendarFeed) -> SafeString | str:
        if feed.revoked_at:
            return self.get_empty_value_display()
        parts = urlsplit(absolute_url(feed.get_absolute_url()))
        words = _("Open it in this device’s calendar")
        return format_html('<a href="{}">{}</a>', parts._replace(scheme="webcal").geturl(), words)

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, feed: CalendarFeed) -> str:
        return moment(feed.created_at, ZoneInfo(settings.TIME_ZONE))

    @admin.display(description=_("revoked"), ordering="revoked_at")
    def revoked(self, feed: CalendarFeed) -> str:
        return moment(feed.revoked_at, ZoneInfo(settings.TIME_ZONE))
