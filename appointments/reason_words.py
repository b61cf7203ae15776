"""What closes a start, in words for staff: the one place for them (rule A9).

Guests read none of it: see ``invitations/week.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from scheduling.engine.rules import Reason

PHRASES: Mapping[Reason, Any] = {
    Reason.OFF_GRID: _("between two possible starts"),
    Reason.OUTSIDE_WORK_HOURS: _("outside the hours of the work type"),
    Reason.OUTSIDE_PLACE_HOURS: _("outside the hours of the place"),
    Reason.OUTSIDE_HOST_HOURS: _("outside the host’s own hours"),
    Reason.OUTSIDE_SHIFTS: _("outside the shifts"),
    Reason.OTHER_TOPIC: _("kept for other topics"),
    Reason.EXTENDED_HOURS: _("extended hours, which don’t count here"),
    Reason.NOT_AT_PLACE: _("not at this place"),
    Reason.HOLIDAY: _("a holiday"),
    Reason.ABSENT: _("absent"),
    Reason.BUSY_ELSEWHERE: _("busy in another calendar"),
    Reason.CALENDAR_OUTDATED: _("another calendar has not been read for too long"),
    Reason.BOOKED: _("booked already"),
    Reason.HOST_CAP: _("the host has as many appointments as the policy allows"),
    Reason.INVITATION_CAP: _("the invitation has as many bookings as the policy allows"),
    Reason.UNSKILLED: _("a skill that the work needs is missing"),
    Reason.TOO_SOON: _("too soon"),
    Reason.TOO_LATE: _("too far ahead"),
    Reason.OUTSIDE_DATES: _("not on the days of the invitation"),
    Reason.OUTSIDE_VISITING_HOURS: _("outside the client’s visiting hours"),
    Reason.EXCLUDED_HOST: _("the client would rather meet somebody else"),
    Reason.NO_HOST: _("nobody takes part"),
    Reason.NO_GROUP: _("no group begins then"),
    Reason.GROUP_FULL: _("the group is full"),
}
"""Of one start: “absent”."""

SENTENCES: Mapping[Reason, Any] = {
    Reason.OFF_GRID: _("No start of the usual interval fits into the hours."),
    Reason.OUTSIDE_WORK_HOURS: _("The work type has hours of its own that leave no time."),
    Reason.OUTSIDE_PLACE_HOURS: _("The place is closed, or its hours are shorter than the work."),
    Reason.OUTSIDE_HOST_HOURS: _("The hosts have hours of their own that leave no time."),
    Reason.OUTSIDE_SHIFTS: _("The hosts have no shift that is long enough."),
    Reason.OTHER_TOPIC: _("The hours or shifts are kept for other topics."),
    Reason.EXTENDED_HOURS: _("There are extended hours only, which don’t count here."),
    Reason.NOT_AT_PLACE: _("The hosts don’t work at this place on these days."),
    Reason.HOLIDAY: _("These days are holidays."),
    Reason.ABSENT: _("The hosts are absent."),
    Reason.BUSY_ELSEWHERE: _("The hosts are busy in their other calendars."),
    Reason.CALENDAR_OUTDATED: _("Another calendar of the hosts has not been read for too long."),
    Reason.BOOKED: _("All times are booked."),
    Reason.HOST_CAP: _("The hosts have as many appointments as the policy allows."),
    Reason.INVITATION_CAP: _("The invitation has as many bookings as the policy allows."),
    Reason.UNSKILLED: _("The hosts lack a skill that the work needs."),
    Reason.TOO_SOON: _("The work has to be booked longer ahead."),
    Reason.TOO_LATE: _("The work can’t be booked so far ahead."),
    Reason.OUTSIDE_DATES: _("No day between the first and the last fits."),
    Reason.OUTSIDE_VISITING_HOURS: _("The client can’t be met then: see their visiting hours."),
    Reason.EXCLUDED_HOST: _("The client’s preferences exclude the hosts, or one who is needed."),
    Reason.NO_HOST: _("Nobody takes part."),
    Reason.NO_GROUP: _("No group is planned."),
    Reason.GROUP_FULL: _("All groups are full."),
}
"""Of many starts, none of which is open: “The hosts are absent.”"""
