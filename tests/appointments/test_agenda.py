"""The agenda: a resource's week as a picture and in words, and who may see it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.agenda import AXIS, COLUMN, GAP, HEAD, Box, agenda
from appointments.models import Appointment, Assignment, Status
from appointments.weeks import Week
from scheduling.engine.intervals import NOTHING, Intervals, minute_of
from scheduling.models import Absence, Holiday, Membership, ServiceResource
from scheduling.windows import working_time
from tests.factories import BERLIN, at, make_appointment, make_hours, make_resource, make_territory
from tests.invitations.pages import text
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WEEK = Week.parse("2026-W48")
NOW = at("2026-11-24 12:00")
PAGE = "/admin/appointments/appointment/agenda/"


def shown(
    week=WEEK, *, zone=BERLIN, now=NOW, working=NOTHING, elsewhere=NOTHING, absences=(), booked=()
):
    return agenda(week, zone, minute_of(now), working, elsewhere, absences, booked)


def span(start, end):
    return (minute_of(at(start)), minute_of(at(end)))


def away(start, end):
    return Absence(start=at(start), end=at(end))


def row(start, minutes=30, block=0, **fields):
    """An assignment with its appointment, neither of them saved."""
    start = (start if isinstance(start, dt.datetime) else at(start)).astimezone(dt.UTC)
    end, around = start + dt.timedelta(minutes=minutes), dt.timedelta(minutes=block)
    appointment = Appointment(start=start, end=end, first_name="Gerda", last_name="Gast", **fields)
    return Assignment(
        appointment=appointment, blocked_start=start - around, blocked_end=end + around
    )


def boxes(found):
    return [(drawn.box.y - HEAD, drawn.box.height) for drawn in found.appointments]


# Where things stand


def test_an_appointment_stands_in_its_column_as_high_as_it_is_long():
    [drawn] = shown(booked=[row("2026-11-25 09:15", 45)]).appointments
    x = AXIS + 2 * COLUMN
    assert drawn.box == Box(x, HEAD + 75, COLUMN - GAP, 45)
    assert drawn.time == "09:15 – 10:00"


def test_the_time_that_it_blocks_reaches_beyond_it_unless_it_is_free_again():
    found = shown(booked=[row("2026-11-25 09:00", block=15)])
    assert [(box.y - HEAD, box.height) for box in found.blocked] == [(45, 60)]
    missed = row("2026-11-25 09:00", block=15, status=Status.NO_SHOW)
    missed.holds_time = False
    assert shown(booked=[missed]).blocked == []


def test_the_picture_shows_a_working_day_and_whatever_lies_beyond():
    assert [line.label for line in shown().hours][:2] == ["08:00", "09:00"]
    early = shown(
        booked=[row("2026-11-25 06:30", 30)],
        working=Intervals([span("2026-11-23 09:00", "2026-11-23 21:10")]),
    )
    assert (early.hours[0].label, early.hours[-1].label) == ("06:00", "21:00")
    assert boxes(early) == [(30, 30)]


def test_an_absence_of_days_fills_them_and_makes_the_picture_no_longer():
    found = shown(absences=[away("2026-11-24 00:00", "2026-11-26 12:00")])
    assert [(box.x, box.height) for box in found.absent] == [
        (AXIS + COLUMN, 600),
        (AXIS + 2 * COLUMN, 600),
        (AXIS + 3 * COLUMN, 240),
    ]
    times = [[entry.time for entry in day.entries] for day in found.days]
    assert times == [[], ["All day"], ["All day"], ["00:00 – 12:00"], [], [], []]


def test_what_crosses_midnight_stands_on_both_days_with_its_whole_time():
    found = shown(booked=[row("2026-11-24 23:30", 60)])
    assert [(drawn.box.x, drawn.box.height) for drawn in found.appointments] == [
        (AXIS + COLUMN, 30),
        (AXIS + 2 * COLUMN, 30),
    ]
    assert [len(day.entries) for day in found.days] == [0, 1, 1, 0, 0, 0, 0]
    assert found.days[2].entries[0].time == "23:30 – 00:30"


def test_what_begins_before_the_week_or_ends_after_it_is_cut_there():
    found = shown(booked=[row("2026-11-22 23:30", 60), row("2026-11-29 23:30", 60)])
    assert [drawn.box.x for drawn in found.appointments] == [AXIS, AXIS + 6 * COLUMN]
    assert boxes(found) == [(0, 30), (24 * 60 - 30, 30)]


def test_two_at_one_time_stand_side_by_side_and_the_next_has_the_whole_width():
    rows = [row("2026-11-24 10:00"), row("2026-11-24 10:00"), row("2026-11-24 10:30")]
    first, second, third = (drawn.box for drawn in shown(booked=rows).appointments)
    assert (first.x + first.width, first.width) == (second.x, (COLUMN - GAP) // 2)
    assert (third.x, third.width) == (first.x, COLUMN - GAP)


def test_of_three_in_a_chain_two_lanes_are_enough():
    rows = [row("2026-11-24 10:00", 60), row("2026-11-24 10:30", 60), row("2026-11-24 11:00", 60)]
    columns = [drawn.box.x for drawn in shown(booked=rows).appointments]
    assert columns[0] == columns[2] != columns[1]


def test_the_present_moment_is_a_line_in_todays_column_and_in_no_other_week():
    found = shown()
    assert found.now is not None
    assert (found.now.x, found.now.y) == (AXIS + COLUMN, HEAD + 240)
    assert [day.is_today for day in found.days] == [False, True] + 5 * [False]
    later = shown(WEEK.shifted(1))
    assert (later.now, [day for day in later.days if day.is_today]) == (None, [])
    assert shown(now=at("2026-11-24 05:00")).now is None


def test_a_week_with_nothing_in_it_is_empty():
    assert shown().is_empty
    assert not shown(absences=[away("2026-11-24 10:00", "2026-11-24 11:00")]).is_empty


# Days of 23 and of 25 hours


def test_on_a_day_of_23_hours_an_hour_stands_as_high_as_on_any_other():
    week = Week.parse("2027-W12")
    rows = [row("2027-03-27 10:00"), row("2027-03-28 10:00"), row("2027-03-28 01:30", 60)]
    night, *_rest = found = sorted(
        shown(week, booked=rows).appointments, key=lambda each: each.box.y
    )
    tens = [drawn.box.y for drawn in found if drawn.time.startswith("10:00")]
    assert tens == 2 * [HEAD + 9 * 60]
    # From half past one to half past three on the clock is an hour; the hour between is skipped.
    pieces = [drawn.box for drawn in found if drawn.appointment is night.appointment]
    assert [(box.y - HEAD, box.height) for box in pieces] == [(30, 30), (120, 30)]


def test_on_a_day_of_25_hours_the_repeated_hour_stands_side_by_side():
    week, zone = Week.parse("2026-W43"), ZoneInfo("Europe/Berlin")
    rows = [row(at("2026-10-25 02:00").replace(fold=fold)) for fold in (0, 1)]
    first, second = shown(week, zone=zone, booked=rows).appointments
    assert (first.box.y, second.box.y) == (HEAD, HEAD)
    assert second.box.x == first.box.x + first.box.width
    assert (first.time, second.time) == (
        "02:00 (UTC+2) – 02:30 (UTC+2)",
        "02:00 (UTC+1) – 02:30 (UTC+1)",
    )
    assert shown(week, now=at("2026-10-25 23:30")).days[-1].is_today


# When a resource works


def test_working_time_is_that_of_all_places_without_holidays():
    berlin, office = make_hours(), make_territory(make_hours(days=[5]))
    resource = make_resource(make_territory(berlin), office)
    Holiday.objects.create(operating_hours=berlin, date=dt.date(2026, 11, 25), name="Holiday")
    start, end = at("2026-11-23 00:00"), at("2026-11-30 00:00")
    days = ["23", "24", "26", "27", "28"]
    assert working_time(resource, start, end) == Intervals(
        [span(f"2026-11-{day} 09:00", f"2026-11-{day} 17:00") for day in days]
    )


def test_working_time_keeps_to_own_hours_and_dates():
    resource = make_resource(make_territory())
    Membership.objects.update(
        operating_hours=make_hours(days=[0, 1]), end_date=dt.date(2026, 11, 23)
    )
    found = working_time(resource, at("2026-11-23 00:00"), at("2026-11-30 00:00"))
    assert found == Intervals([span("2026-11-23 09:00", "2026-11-23 17:00")])
    assert not working_time(make_resource(), at("2026-11-23 00:00"), at("2026-11-30 00:00"))


# The page


@pytest.fixture
def resource(time_machine):
    time_machine.move_to(NOW, tick=False)
    return make_resource(make_territory(name="Berlin Mitte"), name="Anna Berger")


def test_the_page_says_in_words_what_it_draws(resource):
    made = make_appointment(
        resource, at("2026-11-25 10:00"), territory=resource.memberships.get().territory
    )
    make_appointment(resource, at("2026-11-25 11:00"), status=Status.CANCELLED, last_name="Away")
    Absence.objects.create(
        service_resource=resource, start=at("2026-11-26 09:00"), end=at("2026-11-26 12:00")
    )
    page = text(signed_in(own_user(resource)).get(PAGE))
    assert page.count(reverse("admin:appointments_appointment_change", args=[made.pk])) == 2
    for words in ("10:00 – 10:30", "In person, Berlin Mitte", "Scheduled", "Vacation"):
        assert words in page
    assert "23 – 29 November 2026" in page
    assert "Away" not in page


def test_what_its_guest_did_not_confirm_in_time_is_not_shown(resource):
    made = make_appointment(resource, at("2026-11-25 10:00"), status=Status.PENDING)
    client = signed_in(own_user(resource))
    made.assignments.update(holds_until=NOW)
    assert "Gerda" in text(client.get(PAGE))
    made.assignments.update(holds_until=NOW - dt.timedelta(minutes=5))
    assert "Gerda" not in text(client.get(PAGE))


def test_the_week_in_the_address_is_shown_and_leads_on_both_ways(resource):
    client = signed_in(own_user(resource))
    page = text(client.get(PAGE, {"week": "2026-W53"}))
    assert "28 December 2026 – 3 January 2027" in page
    assert "No appointments and no absences this week." in page
    for week in ("2026-W52", "2027-W01", "2026-W48#today"):
        assert f"?resource={resource.pk}&amp;week={week}" in page
    assert "23 – 29 November 2026" in text(client.get(PAGE, {"week": "nonsense"}))


def test_an_assistant_chooses_among_those_who_let_them_see_appointments(resource):
    tom, shy = make_resource(name="Tom Reed"), make_resource(name="Sheila Shy")
    user = make_assistant(resource, tom)
    user.assistant_grants.create(service_resource=shy, can_see_appointments=False)
    client = signed_in(user)
    page = client.get(PAGE)
    assert list(page.context["form"].fields["resource"].queryset) == [resource, tom]
    assert client.get(PAGE, {"resource": tom.pk}).context["resource"] == tom
    assert client.get(PAGE, {"resource": shy.pk}).status_code == 403


@pytest.mark.parametrize("asked", ["", "0", "x", "99999999999999999999"])
def test_a_resource_that_is_none_is_refused(resource, asked):
    assert signed_in(own_user(resource)).get(PAGE, {"resource": asked}).status_code == 403


def test_strangers_see_no_agenda_and_find_no_way_to_it(resource):
    other = make_resource()
    client = signed_in(own_user(other))
    assert client.get(PAGE, {"resource": resource.pk}).status_code == 403
    blind = signed_in(make_assistant(resource, can_see_appointments=False))
    assert blind.get(PAGE).status_code == 403
    assert PAGE not in text(blind.get("/admin/"))
    assert PAGE in text(client.get("/admin/"))


def test_the_resources_page_leads_to_its_agenda_for_whoever_may_see_it(resource):
    address = reverse("admin:scheduling_serviceresource_change", args=[resource.pk])
    link = f"{PAGE}?resource={resource.pk}"
    assert link in text(signed_in(make_assistant(resource)).get(address))
    assert link not in text(
        signed_in(make_assistant(resource, can_see_appointments=False)).get(address)
    )


def test_without_any_resource_the_list_of_them_says_how_to_begin():
    ServiceResource.objects.all().delete()
    response = signed_in(make_administrator()).get(PAGE)
    assert response["Location"] == reverse("admin:scheduling_serviceresource_changelist")


def test_the_page_takes_the_same_queries_for_one_appointment_and_for_thirty(resource):
    client = signed_in(own_user(resource))

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    make_appointment(resource, at("2026-11-25 00:00"))
    queries()
    one = queries()
    for number in range(1, 30):
        make_appointment(resource, at("2026-11-25 00:00") + number * dt.timedelta(minutes=30))
    assert queries() == one
