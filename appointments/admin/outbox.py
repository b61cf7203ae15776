"""The admin of messages: what waits, what was sent, what failed and may be tried again."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments import outbox
from appointments.admin.lists import ReadOnly, moment, state
from appointments.models import OutboxMessage
from scheduling.admin.narrowed import NarrowedAdmin

WAITING, HELD = _("Waiting"), _("Held back")
SHAPES = {
    "": "wait",
    OutboxMessage.Result.SENT: "good",
    OutboxMessage.Result.DROPPED: "over",
    OutboxMessage.Result.PARKED: "bad",
}


class ResultFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("Due")), ("waiting", WAITING), *OutboxMessage.Result.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "due":
            return queryset.filter(_is_due())
        if self.value() == "waiting":
            return queryset.filter(result="")
        return queryset.filter(result=self.value()) if self.value() else queryset


@admin.register(OutboxMessage)
class OutboxAdmin(ReadOnly, NarrowedAdmin):
    list_display = ("what", "object_id", "state", "attempts", "due", "finished", "error")
    list_filter = (ResultFilter, "created_at")
    search_fields = ("error", "=object_id")
    fields = (*list_display[:4], "created", *list_display[4:])
    actions = ("retry",)
    empty_hint = _("Messages appear here as soon as somebody books.")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        totals = _totals(self.get_queryset(request))
        oldest = moment(totals["oldest"], ZoneInfo(settings.TIME_ZONE))
        found = {**(extra_context or {}), "totals": totals, "oldest": oldest}
        return super().changelist_view(request, found)

    @admin.action(description=_("Try again to send what failed"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        count = outbox.retry(queryset.values_list("pk", flat=True))
        text = ngettext(
            "%(n)s message is in line again.", "%(n)s messages are in line again.", count
        )
        self.message_user(request, text % {"n": count})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("appointments.change_outboxmessage")

    @admin.display(description=_("message"), ordering="kind")
    def what(self, message: OutboxMessage) -> Any:
        return message.what

    @admin.display(description=_("state"), ordering="result")
    def state(self, message: OutboxMessage) -> SafeString:
        waiting = HELD if message.is_held else WAITING
        return state(SHAPES[message.result], message.get_result_display() or waiting)

    @admin.display(description=_("not before"), ordering="not_before")
    def due(self, message: OutboxMessage) -> str:
        return moment(message.not_before, ZoneInfo(settings.TIME_ZONE))

    @admin.display(description=_("finished"), ordering="finished_at")
    def finished(self, message: OutboxMessage) -> str:
        return moment(message.finished_at, ZoneInfo(settings.TIME_ZONE))

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, message: OutboxMessage) -> str:
        return moment(message.created_at, ZoneInfo(settings.TIME_ZONE))


def _totals(messages: QuerySet[OutboxMessage]) -> dict[str, Any]:
    """How many are due and since when, how many are for later, and what became of the others."""
    waiting, due = Q(result=""), _is_due()
    results = {each.value: Count("pk", filter=Q(result=each)) for each in OutboxMessage.Result}
    return messages.order_by().aggregate(
        due=Count("pk", filter=due),
        oldest=Min("not_before", filter=due),
        later=Count("pk", filter=waiting & ~due),
        **results,
    )


def _is_due() -> Q:
    return Q(result="", is_held=False, not_before__lte=timezone.now())
