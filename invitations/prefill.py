"""What a customer's website says of its visitor, who then need not type it: a signed token.

The token is a JWT (RFC 7519) signed with the website's secret, see docs/embedding.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError

from appointments.forms import GuestForm
from invitations.models import CustomerWebsite

FIELDS = {
    "given_name": "first_name",
    "family_name": "last_name",
    "email": "email",
    "phone_number": "phone",
}
"""The claims that are read (those of OpenID Connect), with the fields that they fill in."""

LONGEST = 2000
AHEAD = timedelta(hours=1)
SKEW = timedelta(minutes=1)
"""How many characters a token may have, how long it may be good, and by how much the clock of the
website may be wrong."""


def fill_in(form: GuestForm, website: CustomerWebsite | None, token: str, now: datetime) -> None:
    """Let a form that nobody has typed into begin with what a token of the website says.

    That is worth no more than if it were typed: it can be changed, and proves nothing. A token
    that is no good fills in nothing, and no token does where the client is known.
    """
    if form.known is None and website is not None and website.is_active:
        form.initial.update(_fitting(form, _claims(website, token, now)))


def _claims(website: CustomerWebsite, token: str, now: datetime) -> dict[str, Any]:
    """What a token says, nothing if it is not one of the website's or not one of this hour."""
    if not website.prefill_secret or len(token) > LONGEST:
        return {}
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            website.prefill_secret,
            algorithms=["HS256"],
            audience=settings.PUBLIC_BASE_URL,
            leeway=SKEW,
            options={"require": ["exp", "aud"]},
        )
    except jwt.InvalidTokenError:
        return {}
    return claims if int(claims["exp"]) <= (now + AHEAD + SKEW).timestamp() else {}


def _fitting(form: GuestForm, claims: dict[str, Any]) -> dict[str, str]:
    """By field, what the form would take if it were typed."""
    found = {}
    for claim, name in FIELDS.items():
        if name not in form.fields or not isinstance(claims.get(claim), str):
            continue
        try:
            claims[claim].encode()  # JSON knows half characters, and no page can show them
            found[name] = form.fields[name].clean(claims[claim])
        except (ValidationError, UnicodeEncodeError):
            continue
    return found
