"""The forms by which somebody signs in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ConfirmLoginCodeForm,
    LoginForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from config.sign_in import log_ins


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # it has no types
    """Asks for the address to which a code is sent, if it is that of a client.

    Whoever is known to the office gets a log-in with the first code that they ask for. Staff get
    none: they enter by password. The page says the same to everybody.
    """

    _user: User | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self._user = log_ins.known_log_in(email)
        return email


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # it has no types
    """Takes the code from the mail: nothing else is asked for on its page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class PasswordForm(LoginForm):  # type: ignore[misc]  # it has no types
    """How staff sign in; the second factor is asked for on the next page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["login"].widget.attrs = {"autocomplete": "username"}
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""

    def user_credentials(self) -> dict[str, str]:
        """Named once: looked for under two names, an address that is known would take longer."""
        fields = self.cleaned_data
        return {"username": fields["login"], "password": fields["password"]}


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]  # it has no types
    """Makes sure that it still is whoever signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]  # it has no types
    """Asks for the address to which a link is sent, if staff with a password have it."""

    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = log_ins.staff_with_password(email)
        return email
