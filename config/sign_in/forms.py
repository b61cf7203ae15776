"""The forms by which somebody signs in."""

from __future__ import annotations

from uuid import uuid4

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import transaction

from appointments import clients


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # it has no types
    """Asks for the address to which a code is sent, if it is that of a client.

    Whoever is known to the office gets a log-in with the first code that they ask for. Staff get
    none: they enter by password. The page says the same to everybody.
    """

    _user: User | None

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if self._user is None and clients.is_known(email):
            self._user = _new_log_in(email)
        if self._user is not None and self._user.is_staff:
            self._user = None
        return email


@transaction.atomic
def _new_log_in(email: str) -> User:
    """One without a password, whose address is yet to be proved."""
    user = User.objects.create_user(username=uuid4().hex, email=email)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    return user
