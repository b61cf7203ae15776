"""What this site settles about signing in, where django-allauth asks."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import clients
from appointments.links import absolute_url
from config.sign_in import log_ins
from config.sign_in.providers import person_of
from invitations.networks import client_address

log = structlog.get_logger("sign_in")

STAFF_WAYS = frozenset({"password", "socialaccount", "mfa"})
CLIENT_WAYS = frozenset({"code", "socialaccount", "mfa"})
WRONG_PASSWORD = gettext_lazy("This user name and this password do not belong together.")
HEADERS = {"Auto-Submitted": "auto-generated"}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # it has no types
    """Nobody signs up: clients are known already, staff are added in the admin."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "That was tried too often. Please start again, if need be after some minutes."
        ),
        "incorrect_code": gettext_lazy("This is not the code that we sent. Please look again."),
        "email_password_mismatch": WRONG_PASSWORD,
        "username_password_mismatch": WRONG_PASSWORD,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: these pages have one kind of answer."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether somebody may be sent on to it: a path of this site, on no other host."""
        path = url.removeprefix(settings.PUBLIC_BASE_URL)
        return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Who is counted for limits, by the same rule as for bookings; one where nobody is seen."""
        return client_address(request) or "::"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff to the admin, clients to their appointments."""
        return reverse("admin:index" if request.user.is_staff else "my_appointments")

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _dash, token = key.partition("-")
        kwargs = {"uidb36": user, "key": token}
        return absolute_url(reverse("account_reset_password_from_key", kwargs=kwargs))

    def login(self, request: HttpRequest, user: User) -> None:
        """The last gate, whatever led to it: a code opens no account of staff, a password no
        client's."""
        ways = {record["method"] for record in get_authentication_records(request, user)}
        if not ways <= (STAFF_WAYS if user.is_staff else CLIENT_WAYS):
            clear_login(request)
            messages.error(request, _("You can’t sign in this way. Please use the other one."))
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A client has proved their address, by a code or by a provider that vouches for it."""
        email = log_ins.proven_address(user)
        if email and not user.is_staff:
            person = person_of((kwargs["signal_kwargs"] or {}).get("sociallogin"))
            clients.prove(email, timezone.now(), person)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def add_message(self, *args: Any, message: str | None = None, **kwargs: Any) -> None:
        """Only what went wrong is said: of the rest the pages tell themselves."""
        if message:
            super().add_message(*args, message=message, **kwargs)

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send at once; where the mail server is away, back to the page, which says so."""
        if template_prefix == log_ins.UNKNOWN:
            template_prefix = log_ins.letter_without_code(email)
        context = {**context, "email": email, "site_title": settings.SITE_TITLE}
        try:
            self.render_mail(template_prefix, email, context, HEADERS).send()
        except (SMTPException, OSError) as error:
            log.error("mail not sent", letter=template_prefix, error=repr(error))
            raise ImmediateHttpResponse(self._try_again()) from error

    def _try_again(self) -> HttpResponse:
        words = _("We can’t send mails at the moment. Please try again in a few minutes.")
        messages.error(self.request, words)
        return redirect(passthrough_next_redirect_url(self.request, self.request.path, "next"))
