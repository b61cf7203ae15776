"""How far sending a list has come, in words for staff."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.admin.lists import state
from invitations.models import ProspectList
from invitations.prospects.funnel import Funnel

NOT_SENT = ("over", _("Not sent yet"))
PAUSED = ("wait", _("Paused"))
SENDING = ("wait", _("Being sent"))
SENT = ("good", _("Sent"))


def state_of(prospect_list: ProspectList, funnel: Funnel) -> SafeString:
    """The state of sending behind a small shape."""
    if prospect_list.started_at is None:
        return state(*NOT_SENT)
    if prospect_list.paused_at is not None:
        return state(*PAUSED)
    return state(*(SENDING if funnel.waiting else SENT))
