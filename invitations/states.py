"""The state of an invitation in words."""

from __future__ import annotations

from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.admin.lists import state
from invitations.models import Closed, Invitation

WORDS = {
    None: ("good", pgettext_lazy("state of an invitation", "Open")),
    Closed.SWITCHED_OFF: ("over", _("Switched off")),
    Closed.EXPIRED: ("over", _("Expired")),
    Closed.USED_UP: ("bad", _("Used up")),
}


NOTHING_FREE = ("wait", _("Nothing free"))


def state_of(invitation: Invitation, now: datetime, *, is_free: bool = True) -> SafeString:
    """Behind a small shape, for pages of staff. The invitation comes ``with_uses()``.

    ``is_free`` says whether there is any opening, as far as that was asked.
    """
    closed = invitation.closed(now, invitation.uses)
    if closed is None and not is_free:
        return state(*NOTHING_FREE)
    return state(*WORDS[closed])
