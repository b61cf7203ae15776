"""Which log-in an address has: a client's, found or made, or none that a code could open."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from appointments import clients
from appointments.models.addresses import folded

USE_PASSWORD = "account/email/use_password"  # noqa: S105  the names of letters
USE_CODE = "account/email/use_code"
UNKNOWN = "account/email/unknown_account"


def holders(email: str) -> QuerySet[User]:
    """Everybody whose log-in names an address, in any case of its letters."""
    address = folded(email)
    own = Q(email__folded=address) | Q(emailaddress__email__folded=address)
    return User.objects.filter(own).distinct()


def staff_with_password(email: str) -> list[User]:
    """Staff who may choose a new one by a link; only at the address that their account says now."""
    found = User.objects.filter(email__folded=folded(email), is_staff=True, is_active=True)
    return [user for user in found if user.has_usable_password()]


def is_for_clients(email: str) -> bool:
    """Whether no log-in of staff has an address, and no closed one."""
    return not any(user.is_staff or not user.is_active for user in holders(email))


def client_log_in(email: str) -> User | None:
    """The log-in of a client, which opens by codes to the address that it was made for.

    What staff write into the account of it later proves nothing.
    """
    found = EmailAddress.objects.filter(email__folded=folded(email), user__is_active=True)
    mine = found.filter(user__is_staff=False).select_related("user").order_by("-verified", "pk")
    first = mine.first()
    return first.user if first else None


def known_log_in(email: str) -> User | None:
    """The same for a code, None where none may go; whom the office knows gets one now."""
    if not is_for_clients(email):
        return None
    return client_log_in(email) or (new_log_in(email) if clients.is_known(email) else None)


@transaction.atomic
def new_log_in(email: str) -> User:
    """One without a password, whose address is yet to be proved; asked twice at once, the same.

    Its user name follows from the address, and there is one of each.
    """
    name = uuid5(NAMESPACE_URL, f"mailto:{folded(email)}").hex
    made = {"email": email.lower(), "password": make_password(None)}
    user, _is_new = User.objects.get_or_create(username=name, defaults=made)
    EmailAddress.objects.get_or_create(user=user, email=email.lower(), defaults={"primary": True})
    return user


def proven_address(user: User) -> str:
    """The address that somebody has proved to read, empty where there is none."""
    proved = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return proved.values_list("email", flat=True).first() or ""


def letter_without_code(email: str) -> str:
    """Which letter goes to an address that was to get a code, or a link, and gets none."""
    found = [user for user in holders(email) if user.is_active]
    if any(user.is_staff for user in found):
        return USE_PASSWORD
    return USE_CODE if client_log_in(email) else UNKNOWN
