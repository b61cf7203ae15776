"""Who of the staff may change an appointment, and in whose name they do."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User

from appointments.changes import Author
from appointments.models import Appointment
from scheduling.access import Act, Reach


def may_change(reach: Reach, appointment: Appointment) -> bool:
    """Whether they act for any of its hosts, but those who need not be there.

    The appointment comes from ``with_page()``.
    """
    return reach.everybody(Act.CHANGE_APPOINTMENTS) or any(
        reach.may(Act.CHANGE_APPOINTMENTS, host) for host in appointment.hosts
    )


def author_of(reach: Reach, appointment: Appointment) -> Author:
    """The signed-in user, for the first host who granted it."""
    host = reach.acting_for(appointment.hosts, Act.CHANGE_APPOINTMENTS)
    return Author(cast(User, reach.user), host)


def may_book_anyway(reach: Reach) -> bool:
    """Whether they may lift hours and absences, where they may change appointments (B8)."""
    return reach.user.has_perm("appointments.book_anyway_appointment")
