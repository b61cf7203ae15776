"""The admin of addresses to which no letters go: who asked for it, and taking it back."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from appointments.admin.lists import moment
from invitations.models import DoNotContact
from scheduling.admin.narrowed import NarrowedAdmin


@admin.register(DoNotContact)
class DoNotContactAdmin(NarrowedAdmin):
    """They are added for who asks by phone, and deleted for who thinks better of it."""

    list_display = ("email", "since", "how")
    list_select_related = ("recipient__prospect_list",)
    search_fields = ("email",)
    fields = ("email",)
    empty_hint = _("Whoever unsubscribes from a letter is here from then on.")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("since"), ordering="at")
    def since(self, unwanted: DoNotContact) -> str:
        return moment(unwanted.at, ZoneInfo(settings.TIME_ZONE))

    @admin.display(description=_("how"))
    def how(self, unwanted: DoNotContact) -> Any:
        if unwanted.recipient is None:
            return _("added here")
        return _("unsubscribed from “%(list)s”") % {"list": unwanted.recipient.prospect_list}
