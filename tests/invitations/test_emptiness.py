"""What a guest is told of times that are not free: nothing of hosts, their absences or policies."""

from __future__ import annotations

import datetime as dt

import pytest

from appointments.reason_words import PHRASES, SENTENCES
from scheduling.engine.rules import Reason
from scheduling.models import Absence, SchedulingPolicy, Skill, SkillRequirement, WorkType
from tests.factories import at, make_appointment, make_invitation
from tests.invitations.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OTHER_DAYS = "This invitation is for other days."
BOOKED = "All times of this week are booked."
TOO_NEAR = "These days are too near to be booked."
PLAIN = "No time is free this week."
NOTHING = "no time is free just now"
ALL_BOOKED = "all times are booked just now"
ALL_TOO_NEAR = "the days it is for are too near to be booked here"


@pytest.fixture
def key():
    return make_invitation()


def host_of(key):
    return key.invitation.hosts.get().service_resource


def seen(client, key, week=""):
    response = client.get(f"/invite/{key.key}/{week}")
    assert response.status_code == 200
    return text(response)


def change(key, **fields):
    type(key.invitation).objects.filter(pk=key.invitation.pk).update(**fields)


def fill(key, first, days, **fields):
    """Book whole days from a date on."""
    for day in range(days):
        start = at(f"{first} 09:00") + dt.timedelta(days=day)
        make_appointment(host_of(key), start, 8 * 60, territory=key.invitation.territory, **fields)


def away(key, start, end):
    return Absence.objects.create(
        service_resource=host_of(key), type="medical", start=at(start), end=at(end)
    )


def test_of_a_week_outside_the_dates_that_it_is_for_other_days(client, key):
    change(key, from_date=dt.date(2026, 11, 30), until_date=dt.date(2026, 12, 4))
    assert OTHER_DAYS in seen(client, key, "2026-W48/")
    assert OTHER_DAYS in seen(client, key, "2026-W50/")


def test_of_a_week_that_is_full_that_it_is_booked(client, key):
    fill(key, "2026-11-23", 5)
    assert BOOKED in seen(client, key, "2026-W48/")


def test_of_a_week_within_the_lead_time_that_it_is_too_near(client, key):
    WorkType.objects.update(timeframe_start=9, timeframe_start_unit="days")
    assert TOO_NEAR in seen(client, key, "2026-W48/")


def test_of_a_week_that_is_over_only_that_times_begin_later(client, key):
    page = seen(client, key, "2026-W45/")
    assert "Free times begin a little later." in page
    assert TOO_NEAR not in page


def test_of_a_week_in_which_the_host_is_away_nothing_but_that_nothing_is_free(client, key):
    away(key, "2026-11-30 00:00", "2026-12-05 00:00")
    fill(key, "2026-11-30", 5)
    page = seen(client, key, "2026-W49/")
    assert PLAIN in page
    assert BOOKED not in page


def test_where_all_is_booked_for_long_the_page_says_so(client, key):
    change(key, until_date=dt.date(2026, 11, 24))
    fill(key, "2026-11-20", 5)
    assert ALL_BOOKED in seen(client, key)


def test_where_all_days_are_too_near_the_page_says_so(client, key):
    change(key, until_date=dt.date(2026, 11, 24))
    WorkType.objects.update(timeframe_start=9, timeframe_start_unit="days")
    assert ALL_TOO_NEAR in seen(client, key)


def absent(key):
    away(key, "2026-11-01 00:00", "2028-01-01 00:00")


def unskilled(key):
    skill = Skill.objects.create(name="Tax law")
    policy = SchedulingPolicy.objects.create(name="Skilled", uses_skills=True)
    SkillRequirement.objects.create(work_type=key.invitation.work_type, skill=skill)
    WorkType.objects.update(scheduling_policy=policy)


def on_shifts(key):
    policy = SchedulingPolicy.objects.create(name="By shifts", working_time="shifts")
    WorkType.objects.update(scheduling_policy=policy)


@pytest.mark.parametrize("close", [absent, unskilled, on_shifts])
def test_inner_reasons_never_reach_a_guest(client, key, close):
    close(key)
    page = seen(client, key)
    assert NOTHING in page
    for words in (*PHRASES.values(), *SENTENCES.values()):
        assert str(words).rstrip(".") not in page, words
    for reason in (Reason.ABSENT, Reason.UNSKILLED, Reason.OUTSIDE_SHIFTS):
        assert f"{reason}<" not in page
    for private in ("Tax law", "Skilled", "By shifts", "edical"):
        assert private not in page


def test_an_empty_week_takes_no_more_queries(client, key, django_assert_num_queries):
    fill(key, "2026-11-23", 5)
    seen(client, key, "2026-W48/")
    with django_assert_num_queries(8):
        seen(client, key, "2026-W48/")
