"""Who may not see somebody’s calendars learns from no explanation that there are any."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from appointments.models import BusyTime, ForeignCalendar
from scheduling.models import SchedulingPolicy
from tests.appointments.explaining import in_words, start_section
from tests.factories import at, make_invitation
from tests.invitations.pages import text
from tests.staff import make_user, signed_in

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def friday(time_machine):
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)


def user_with(*permissions):
    user = make_user()
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    return user


@pytest.mark.parametrize("is_outdated", [False, True])
def test_what_other_calendars_hold_is_told_to_who_may_see_them(is_outdated):
    if is_outdated:
        SchedulingPolicy.objects.create(name="P", is_default=True, foreign_hours_old=1)
    invitation = make_invitation().invitation
    calendar = ForeignCalendar.objects.create(
        service_resource=invitation.hosts.get().service_resource,
        name="Private",
        url="https://example.com/a.ics",
    )
    start, end = at("2026-11-24 10:00"), at("2026-11-24 11:00")
    BusyTime.objects.create(calendar=calendar, start=start, end=end)
    address = reverse("admin:invitations_invitation_explain", args=[invitation.pk])
    for beside, is_told in (("view_absence", False), ("view_foreigncalendar", True)):
        client = signed_in(user_with("view_invitation", beside))
        found = client.get(address, {"at": start.isoformat()})
        assert ("calendar" in in_words(start_section(found)).lower()) == is_told
        assert ("Other calendars" in text(found)) == is_told
        assert ("Not free" in in_words(start_section(found))) != is_told
