"""The admin of customer websites."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.admin.lists import state
from invitations.models import CustomerWebsite
from scheduling.admin.narrowed import NarrowedAdmin


@admin.register(CustomerWebsite)
class CustomerWebsiteAdmin(NarrowedAdmin):
    list_display = ("name", "page", "origins", "state")
    list_filter = ("is_active",)
    search_fields = ("name", "page_url", "allowed_origins")
    formfield_overrides = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"})},
        models.URLField: {"assume_scheme": "https"},
    }
    fields = ("name", "page_url", "allowed_origins", "is_active")
    empty_hint = _("Add the page of a customer’s site on which invitations are to open.")

    @admin.display(description=_("page"), ordering="page_url")
    def page(self, website: CustomerWebsite) -> SafeString:
        return format_html('<a href="{}">{}</a>', website.page_url, website.page_url)

    @admin.display(description=_("allowed origins"))
    def origins(self, website: CustomerWebsite) -> str:
        return ", ".join(website.allowed_origins.split())

    @admin.display(description=_("state"), ordering="is_active")
    def state(self, website: CustomerWebsite) -> SafeString:
        if website.is_active:
            return state("good", pgettext_lazy("state of a website", "Active"))
        return state("over", _("Switched off"))
