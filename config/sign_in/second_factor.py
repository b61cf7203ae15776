"""The second factor of staff: how it looks, when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from config.sign_in.adapter import STAFF_WAYS

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
WAYS_OUT = frozenset({"account_logout", "logout"})


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # it has no types
    def get_totp_issuer(self) -> str:
        return str(settings.SITE_TITLE)

    def build_totp_svg(self, url: str) -> str:
        """Inline, always dark on white: many cameras read nothing else."""
        return segno.make_qr(url).svg_inline(
            scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None
        )

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Keys are made for the site's own address, never for the Host of a request (L4)."""
        host = urlsplit(settings.PUBLIC_BASE_URL).hostname or ""
        return {"id": host, "name": settings.SITE_TITLE}


class FirstUse:
    """Whoever has just set up a factor has shown it as well."""

    request: HttpRequest

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        record_authentication(self.request, self.request.user, method="mfa")
        return response


class SetUpApp(FirstUse, ActivateTOTPView):  # type: ignore[misc]  # it has no types
    pass


class AddPasskey(FirstUse, AddWebAuthnView):  # type: ignore[misc]  # it has no types
    pass


class Overview(IndexView):  # type: ignore[misc]  # it has no types
    """What somebody has set up, and what they still have to."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        missing = not has_second_factor(self.request.user)
        more = {"missing": missing, "required": settings.REQUIRE_SECOND_FACTOR and missing}
        return {**context, **more, "providers": settings.OIDC_PROVIDERS}


def has_second_factor(user: User | AnonymousUser) -> bool:
    return bool(Authenticator.objects.filter(user=user.pk, type__in=FACTORS).exists())


class RequireSecondFactor:
    """Middleware: where it is required, staff see nothing but its own pages without it.

    A session that began before the factor was set up elsewhere has never shown it, and ends. It
    must not see the pages of the factor either: there it could add one of its own. One that a code
    opened ends, whether a factor is required or not: its owner has become staff since.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if not getattr(view, "login_required", True) or name in WAYS_OUT:
            return None
        if not getattr(request.user, "is_staff", False):
            return None
        shown = _shown(request)
        if not shown <= STAFF_WAYS:
            return _ended(request)
        if not settings.REQUIRE_SECOND_FACTOR:
            return None
        if not has_second_factor(request.user):
            return None if _sets_it_up(name) else redirect("mfa_index")
        return None if "mfa" in shown else _ended(request)


def _sets_it_up(name: str) -> bool:
    return name == "account_reauthenticate" or name.startswith("mfa_")


def _shown(request: HttpRequest) -> set[str]:
    """The ways in which the session was proved to be its owner's."""
    return {record["method"] for record in get_authentication_records(request, request.user)}


def _ended(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect_to_login(request.get_full_path())
