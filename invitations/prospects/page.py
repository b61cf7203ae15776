"""What the page of a list says above its recipients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from appointments import formats
from appointments.admin.lists import brief_moment, state
from appointments.models import GRACE
from invitations.models import Closed, ProspectList
from invitations.prospects.funnel import Funnel, funnel
from invitations.prospects.progress import state_of
from invitations.prospects.timeline import Timeline, timeline
from invitations.states import WORDS

WHEN = ("sent_at", "opened_at", "booked_at")


@dataclass(frozen=True, slots=True)
class Head:
    """The list, how many got how far, and when; and why its links are closed, if they are."""

    prospect_list: ProspectList
    closed: Closed | None
    funnel: Funnel
    timeline: Timeline | None

    @property
    def state(self) -> SafeString:
        return state_of(self.prospect_list, self.funnel)

    @property
    def closed_state(self) -> SafeString:
        return state(*WORDS[self.closed])

    @property
    def is_running(self) -> bool:
        return bool(self.funnel.waiting) and self.prospect_list.paused_at is None

    @property
    def until(self) -> str:
        """When the last letter that waits goes out."""
        return brief_moment(self.funnel.until, self.prospect_list.invitation.time_zone)

    @property
    def zone(self) -> str:
        return formats.zone_time(self.prospect_list.invitation.time_zone)


def head_of(prospect_list: ProspectList, now: datetime) -> Head:
    """In two queries. The list comes ``with_invitation()``."""
    invitation = prospect_list.invitation
    recipients = prospect_list.recipients.with_history(now - GRACE)
    times = recipients.order_by().values_list(*WHEN)
    return Head(
        prospect_list=prospect_list,
        closed=invitation.closed(now, prospect_list.uses),
        funnel=funnel(recipients),
        timeline=timeline(times, invitation.time_zone),
    )
