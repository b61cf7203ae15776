"""The signed token that makes each form that is handed out unique (rules B5, L6)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.booking import SentForm

SALT = "appointments.forms"

GOOD_FOR = timedelta(days=1)
"""How long a form may lie open before it has to be looked at again."""


def hand_out(scope: str, now: datetime) -> str:
    """A token for one fresh form, good for ``scope`` alone (rules B5, L6)."""
    contents = [secrets.token_urlsafe(16), int(now.timestamp())]
    return signing.dumps(contents, salt=f"{SALT}:{scope}", compress=False)


def read_token(text: str, scope: str) -> SentForm:
    """What ``hand_out`` signed, for as long as that is good. Raises BadSignature."""
    token, issued_at = signing.loads(text, salt=f"{SALT}:{scope}", max_age=GOOD_FOR)
    return SentForm(token, datetime.fromtimestamp(issued_at, UTC))


class TokenForm(forms.Form):
    """A form under a token of its very page (rule L6), which no other form has."""

    form_token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, scope: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope

    def renew_token(self, now: datetime) -> None:
        """Make a form that was sent into a fresh one, with what was typed."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        self.data = {**typed, "form_token": hand_out(self.scope, now)}

    def clean_form_token(self) -> SentForm:
        try:
            return read_token(self.cleaned_data["form_token"], self.scope)
        except signing.BadSignature as error:
            raise ValidationError(
                _("This form is no longer valid. Please check your details and send it again.")
            ) from error
