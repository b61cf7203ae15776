"""The site's own face: title, logo and accent, for pages and the admin."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from config.colours import safe_accents


class SiteAdmin(AdminSite):
    site_header = settings.SITE_TITLE
    site_title = settings.SITE_TITLE
    index_title = _("Overview")
    site_url = None  # guests come by invitation; there is no front page
    enable_nav_sidebar = False  # the lists need the width

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The one log-in of the site, never Django's own form, which knows no second factor.

        Whoever is signed in without a right to be here is told.
        """
        response: HttpResponse = secure_admin_login(_enter)(request)
        return response

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The one way out; it leads back to the log-in."""
        return views.logout(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the way from a row's number to its page for guests: it asks for no right."""
        urls = super().get_urls()
        return [found for found in urls if getattr(found, "name", "") != "view_on_site"]


def _enter(request: HttpRequest) -> HttpResponse:
    return redirect("admin:index")


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the name and the logo of the site."""
    return {"site_title": settings.SITE_TITLE, "site_logo_url": settings.SITE_LOGO_URL}


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def theme(request: HttpRequest) -> HttpResponse:
    """The site's accent as CSS custom properties, made safe to read on light and dark (L7)."""
    context = {"accents": safe_accents(settings.SITE_ACCENT)}
    return render(request, "theme.css", context, content_type="text/css")
