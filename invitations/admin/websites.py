"""The admin of customer websites."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.admin.lists import state
from invitations.keys import invitation_url
from invitations.models import CustomerWebsite, Invitation, InvitationKey
from invitations.models.websites import normal_origins
from invitations.snippets import refused_origin
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach


class WebsiteForm(forms.ModelForm):
    """Origins may be typed as they are copied from a browser: with a slash, in capitals."""

    def clean_allowed_origins(self) -> str:
        return normal_origins(self.cleaned_data["allowed_origins"])


@admin.register(CustomerWebsite)
class CustomerWebsiteAdmin(NarrowedAdmin):
    form = WebsiteForm
    list_display = ("name", "page", "origins", "state")
    list_filter = ("is_active",)
    search_fields = ("name", "page_url", "allowed_origins")
    formfield_overrides = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"})},
        models.URLField: {"assume_scheme": "https"},
    }
    fields = ("name", "page_url", "allowed_origins", "is_active")
    readonly_fields = ("secret",)
    empty_hint = _("Add the page of a customer’s site on which invitations are to open.")

    def get_fieldsets(self, request: HttpRequest, obj: CustomerWebsite | None = None) -> Any:
        asked = (None, {"fields": self.fields})
        if obj is None or not self.has_change_permission(request, obj):
            return [asked]
        hint = _(
            "With this secret the website signs who its visitor is, who then finds the form filled "
            "in. Keep it on the website’s server; whoever has it can do no more than that."
        )
        return [asked, (_("Filling in forms"), {"fields": ("secret",), "description": hint})]

    def save_model(self, request: HttpRequest, obj: CustomerWebsite, *args: Any) -> None:
        super().save_model(request, obj, *args)
        if origin := refused_origin(obj):
            words = _("No frame on the page will show anything: %(origin)s is no allowed origin.")
            messages.warning(request, words % {"origin": origin})

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.renew_secret)
        name = "invitations_customerwebsite_secret"
        return [path("<path:object_id>/secret/", page, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def renew_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new secret; what was signed with the former one fills in nothing any more."""
        website = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, website):
            raise PermissionDenied
        website.renew_secret()
        self.log_change(request, website, [{"changed": {"fields": ["secret for prefilling"]}}])
        messages.success(request, gettext("There is a new secret. Give it to the website."))
        return redirect("admin:invitations_customerwebsite_change", website.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        website = context.get("original")
        if isinstance(website, CustomerWebsite):
            context["open_link"] = self._open_link(request, website)
            context["may_renew"] = self.has_change_permission(request, website)
        return super().render_change_form(request, context, *args, **kwargs)

    def _open_link(self, request: HttpRequest, website: CustomerWebsite) -> str:
        """Where the latest invitation that opens on the website can be tried, of those seen."""
        seen = Invitation.objects.of_resources(reach(request).resources(Act.SEE_INVITATIONS))
        keys = InvitationKey.objects.for_everybody().with_open_link(timezone.now())
        key = keys.filter(invitation__in=seen.filter(website=website)).order_by("-pk").first()
        return invitation_url(key) if key else ""

    @admin.display(description=_("secret"))
    def secret(self, website: CustomerWebsite) -> SafeString | str:
        if not website.prefill_secret:
            return gettext("There is none yet.")
        return format_html("<code>{}</code>", website.prefill_secret)

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
