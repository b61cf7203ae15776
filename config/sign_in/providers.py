"""Signing in by the company's own OpenID Connect provider.

An address counts only where the provider says that it is verified. A client is known by the
address alone, so nothing is kept of their account there. Staff connect theirs themselves, once
they are signed in; an address alone never opens the account of staff.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import CharField, EmailField
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from requests import RequestException

from appointments.clients import Person
from appointments.links import absolute_url
from appointments.models.addresses import folded
from config.sign_in import log_ins

log = structlog.get_logger("sign_in")

ADDRESS, NAME = EmailField(max_length=254), CharField(required=False)
UNREADABLE = (LookupError, TypeError, ValueError)
"""What reading an answer raises that lacks something, or is of another shape."""


class Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # it has no types
    """What is said between this site and the provider."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        path = reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})
        return absolute_url(path)

    def complete_login(self, *args: Any, **kwargs: Any) -> SocialLogin:
        """Raises OAuth2Error unless a signed token and the user's data are about one person."""
        self.did_fetch_access_token = False  # or else the token's signature is not looked at
        try:
            login = super().complete_login(*args, **kwargs)
        except UNREADABLE as error:
            raise OAuth2Error("no answer of OpenID Connect") from error
        said = login.account.extra_data
        if not said.get("id_token") or said["userinfo"].get("sub") != said["id_token"]["sub"]:
            raise OAuth2Error("userinfo and id_token are about different people")
        return login


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # it has no types
    oauth2_adapter_class = Exchange

    def redirect(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """To the provider; one that does not answer is said to be away."""
        try:
            response: HttpResponse = super().redirect(request, *args, **kwargs)
        except (RequestException, *UNREADABLE) as error:
            response = render_authentication_error(request, self, exception=error)
        return response


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends somebody back to."""
    try:
        view = OAuth2CallbackView.adapter_view(Exchange(request, provider_id))
        response: HttpResponse = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return response


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # it has no types
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if _connects(sociallogin) and not getattr(request.user, "is_staff", False):
            raise PermissionDenied

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say in the log what went wrong, but nothing of what the provider said: it has tokens."""
        cause = exception and (exception.__cause__ or exception)
        name = provider.app.provider_id
        log.warning("provider failed", id=name, error=error, cause=type(cause).__name__)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The client's log-in, found or made: whom the provider vouches for is a client."""
        if _connects(sociallogin):
            return None
        email = verified_email(sociallogin)
        if not email:
            raise ImmediateHttpResponse(_refusal(self.request, "unverified"))
        user = _vouched_for(email)
        if user is None:
            raise ImmediateHttpResponse(_refusal(self.request, "password"))
        return user, email


def verified_email(sociallogin: SocialLogin) -> str:
    """The address that the provider says was verified, empty where it says nothing of the kind."""
    claims = _claims(sociallogin)
    verified = claims.get("email_verified") in (True, "true")
    return _clean(ADDRESS, claims.get("email")).lower() if verified else ""


def person_of(sociallogin: SocialLogin | None) -> Person | None:
    """The name that the provider gives somebody, if it gives any."""
    claims = _claims(sociallogin) if sociallogin else {}
    names = [_clean(NAME, claims.get(name))[:100] for name in ("given_name", "family_name")]
    return Person(*names) if any(names) else None


def origins() -> list[str]:
    """Where forms may lead that begin signing in by a provider."""
    urls = [urlsplit(provider["server_url"]) for provider in settings.OIDC_PROVIDERS]
    return [f"{url.scheme}://{url.netloc}" for url in urls]


def leads_to_providers(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    """A page with buttons that lead there: its policy lets them."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return csp_update({"form-action": origins()})(view)(*args, **kwargs)

    return wrapped


def _connects(sociallogin: SocialLogin) -> bool:
    return bool(sociallogin.state.get("process") == "connect")


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    claims: dict[str, Any] = sociallogin.account.extra_data["userinfo"]
    return claims


def _clean(field: CharField, said: Any) -> str:
    """A text as the field takes it, empty where it does not."""
    try:
        text = str(field.clean(said if isinstance(said, str) else ""))
        text.encode()  # JSON knows half characters, and no database keeps them
    except (ValidationError, UnicodeEncodeError):
        return ""
    return text


def _vouched_for(email: str) -> User | None:
    if not log_ins.is_for_clients(email):
        return None
    user = log_ins.client_log_in(email) or log_ins.new_log_in(email)
    EmailAddress.objects.filter(user=user, email__folded=folded(email)).update(verified=True)
    return user


def _refusal(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "socialaccount/refused.html", {"why": why}, status=403)
