"""The pages of the log-in, where this site's differ from django-allauth's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views
from allauth.account.utils import passthrough_next_redirect_url
from allauth.socialaccount.views import ConnectionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from config.sign_in.forms import PasswordForm, RequestCodeForm

View = Callable[..., HttpResponse]

RETRY_AFTER = 60
"""Seconds: most limits count within a minute."""


class OneLogIn:
    """The one page of the log-in, by whichever of its two forms it is reached."""

    template_name = "account/login.html"
    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        form, forms = context["form"], (RequestCodeForm, PasswordForm)
        by_code, by_password = (form if isinstance(form, kind) else kind() for kind in forms)
        leads_to = self.get_next_url() or ""  # type: ignore[attr-defined]
        return {
            **context,
            "by_code": by_code,
            "by_password": by_password,
            "for_staff": leads_to.startswith(reverse("admin:index")),
            "providers": settings.OIDC_PROVIDERS,
        }


class SignIn(OneLogIn, views.LoginView):  # type: ignore[misc]  # it has no types
    pass


class RequestCode(OneLogIn, views.RequestLoginCodeView):  # type: ignore[misc]  # it has no types
    pass


class Connections(ConnectionsView):  # type: ignore[misc]  # it has no types
    """The accounts elsewhere by which somebody signs in, and those that they can add."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "providers": settings.OIDC_PROVIDERS}


@never_cache
@login_not_required
def enter_code(request: HttpRequest) -> HttpResponse:
    """Where the code is entered; one that is used up or too old leads back, with a word why."""
    response: HttpResponse = views.confirm_login_code(request)
    again = reverse("account_request_login_code")
    if response.headers.get("Location") != again:
        return response
    if not len(messages.get_messages(request)):  # or else it is said that these were too many
        messages.error(request, _("Your code can’t be used any more. Please ask for a new one."))
    return redirect(passthrough_next_redirect_url(request, again, "next"))


def staff_only(view: View) -> View:
    """A page of staff, kept by nobody: clients have neither password nor second factor."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Says to wait; the site's ``handler429``, which django-allauth's limits ask for."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
