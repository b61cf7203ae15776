"""Shifts, absences and what recurs of them, entered in the admin."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from appointments.admin import rosters
from appointments.locks import TooBusyError
from scheduling.models import Absence, AbsencePattern, SchedulingPolicy, Shift, ShiftPattern
from tests.factories import (
    at,
    make_appointment,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.scheduling.recurring import NOW, make_absence_pattern, make_shift, make_shift_pattern
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place():
    return make_territory()


@pytest.fixture
def resource(place):
    return make_resource(place)


@pytest.fixture
def client():
    return signed_in(make_administrator())


def url(model, view, *args):
    return reverse(f"admin:scheduling_{model}_{view}", args=args)


def new_shift(resource, **fields):
    usual = {
        "service_resource": resource.pk,
        "territory": resource.memberships.get().territory_id,
        "status": "confirmed",
        "first_date": "2026-11-23",
        "start_time": "09:00",
        "end_time": "17:00",
        "weeks": "1",
    }
    return {**usual, **fields}


def add(client, model, data):
    response = client.post(url(model, "add"), data)
    form = response.context["adminform"].form if response.status_code == 200 else None
    return form.errors if form else {}


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# Shifts, single and recurring, in one form


def test_a_single_shift_is_entered_on_the_clock_of_its_place(client, resource):
    place = resource.memberships.get().territory
    place.operating_hours.time_zone = "America/New_York"
    place.operating_hours.save()
    assert add(client, "shift", new_shift(resource)) == {}
    shift = Shift.objects.get()
    assert (shift.start, shift.end) == (
        at("2026-11-23 09:00", "America/New_York"),
        at("2026-11-23 17:00", "America/New_York"),
    )
    assert shift.pattern is None


def test_a_night_ends_on_the_next_day(client, resource):
    add(client, "shift", new_shift(resource, start_time="22:00", end_time="06:00"))
    assert Shift.objects.get().end == at("2026-11-24 06:00")


def test_a_start_that_clocks_skip_is_refused_for_a_single_one(client, resource):
    errors = add(client, "shift", new_shift(resource, first_date="2027-03-28", start_time="02:30"))
    assert "go forward that night" in errors["start_time"][0]


def test_weekdays_make_a_recurring_one_with_its_topics(client, resource):
    topic = make_topic()
    data = new_shift(
        resource, weekdays=["0", "2"], weeks="2", last_day="2026-12-10", topics=[topic.pk]
    )
    assert add(client, "shift", data) == {}
    pattern = ShiftPattern.objects.get()
    assert pattern.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20261210"
    assert [(row.start, row.topics.get()) for row in pattern.occurrences.order_by("start")] == [
        (at(f"2026-{day} 09:00"), topic) for day in ("11-23", "11-25", "12-07", "12-09")
    ]


def test_experts_enter_a_rule(client, resource):
    rule = "FREQ=MONTHLY;BYDAY=1MO;COUNT=2"
    assert add(client, "shift", new_shift(resource, rule=rule)) == {}
    found = ShiftPattern.objects.get().occurrences.order_by("start")
    assert [row.start for row in found] == [at("2026-12-07 09:00"), at("2027-01-04 09:00")]


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"rule": "FREQ=DAILY", "weekdays": ["0"]}, "rule", "not both"),
        ({"rule": "every Monday"}, "rule", "Enter a rule like"),
        ({"rule": "FREQ=HOURLY"}, "rule", "days, weeks, months or years"),
        ({"last_day": "2026-12-31"}, "weekdays", "Choose the weekdays"),
        ({"weekdays": ["0"], "last_day": "2026-11-22"}, "weekdays", "never happens"),
        ({"weekdays": ["7"]}, "weekdays", "not one of the available choices"),
        ({"weekdays": ["0"], "weeks": "0"}, "weeks", "greater than or equal to 1"),
        ({"first_date": "2020-01-06", "rule": "FREQ=DAILY;COUNT=3"}, "__all__", "still to come"),
        ({"first_date": "0001-01-01", "weekdays": ["0"]}, "weekdays", "valid date"),
        ({"start_time": "09:00:30"}, "start_time", "whole minutes"),
        ({"territory": ""}, "territory", "required"),
    ],
)
def test_what_cannot_be_is_refused_kindly(client, resource, fields, name, words):
    assert words in " ".join(add(client, "shift", new_shift(resource, **fields))[name])
    assert not Shift.objects.exists()
    assert not ShiftPattern.objects.exists()


# One of many


def shift_form(shift, **fields):
    place = shift.territory.time_zone
    start, end = shift.start.astimezone(place), shift.end.astimezone(place)
    usual = {
        "territory": shift.territory_id,
        "status": shift.status,
        "start_0": f"{start:%Y-%m-%d}",
        "start_1": f"{start:%H:%M}",
        "end_0": f"{end:%Y-%m-%d}",
        "end_1": f"{end:%H:%M}",
    }
    return {**usual, **fields}


def test_a_changed_occurrence_becomes_a_single_shift_and_its_pattern_leaves_that_date_out(client):
    pattern = make_shift_pattern()
    shift = pattern.occurrences.earliest("start")
    response = client.post(url("shift", "change", shift.pk), shift_form(shift, start_1="10:00"))
    shift.refresh_from_db()
    pattern.refresh_from_db()
    assert (shift.start, shift.pattern) == (at("2026-11-23 10:00"), None)
    assert pattern.except_dates == ["2026-11-23"]
    assert any("stands by itself" in text for text in told(response))


def test_to_save_an_occurrence_as_it_is_changes_nothing(client):
    shift = make_shift_pattern().occurrences.earliest("start")
    client.post(url("shift", "change", shift.pk), shift_form(shift))
    shift.refresh_from_db()
    assert shift.pattern is not None


def test_a_deleted_occurrence_does_not_come_back(client):
    pattern = make_shift_pattern()
    shift = pattern.occurrences.earliest("start")
    client.post(url("shift", "delete", shift.pk), {"post": "yes"})
    pattern.refresh_from_db()
    assert pattern.except_dates == ["2026-11-23"]
    several = list(pattern.occurrences.order_by("start").values_list("pk", flat=True)[:2])
    chosen = {"action": "delete_selected", "_selected_action": several, "post": "yes"}
    client.post(url("shift", "changelist"), chosen)
    pattern.refresh_from_db()
    assert pattern.except_dates == ["2026-11-23", "2026-11-30", "2026-12-07"]


def test_many_are_published_at_once(client):
    pattern = make_shift_pattern(status="tentative")
    several = list(pattern.occurrences.order_by("start").values_list("pk", flat=True)[:2])
    chosen = {"action": "publish", "_selected_action": several}
    response = client.post(url("shift", "changelist"), chosen)
    assert told(response) == ["2 shifts changed."]
    assert pattern.occurrences.filter(status="published").count() == 2
    assert set(pattern.occurrences.values_list("pattern", flat=True)) == {pattern.pk}


# What recurs


def pattern_form(pattern, **fields):
    usual = {
        "territory": pattern.territory_id,
        "status": pattern.status,
        "first_date": f"{pattern.first_date}",
        "start_time": "09:00",
        "end_time": "17:00",
        "weekdays": ["0"],
        "weeks": "1",
        "except_dates": "",
    }
    return {**usual, **fields}


def test_a_recurring_shift_is_shown_as_weekdays_and_made_anew_when_changed(client):
    pattern = make_shift_pattern()
    page = url("shiftpattern", "change", pattern.pk)
    form = client.get(page).context["adminform"].form
    assert (form["weekdays"].value(), form["rule"].value()) == ([0], "")
    client.post(page, pattern_form(pattern, weekdays=["1"], except_dates="2026-11-24"))
    pattern.refresh_from_db()
    assert (pattern.rule, pattern.except_dates) == ("FREQ=WEEKLY;BYDAY=TU", ["2026-11-24"])
    assert pattern.occurrences.earliest("start").start == at("2026-12-01 09:00")


def test_its_status_goes_on_to_all_that_is_to_come(client):
    pattern = make_shift_pattern(status="tentative")
    page = url("shiftpattern", "change", pattern.pk)
    client.post(page, pattern_form(pattern, status="published"))
    assert set(pattern.occurrences.values_list("status", flat=True)) == {"published"}


def test_dates_that_are_none_are_refused(client):
    pattern = make_shift_pattern()
    page = url("shiftpattern", "change", pattern.pk)
    shown = client.post(page, pattern_form(pattern, except_dates="Christmas"))
    assert "Enter dates like" in shown.content.decode()


def test_who_deletes_a_recurring_shift_keeps_those_that_are_over(client):
    pattern = make_shift_pattern(now=at("2026-11-01 00:00"))
    client.post(url("shiftpattern", "delete", pattern.pk), {"post": "yes"})
    starts = list(Shift.objects.order_by("start").values_list("start", flat=True))
    assert starts == [at(f"2026-11-{day} 09:00") for day in ("02", "09", "16")]
    assert not ShiftPattern.objects.exists()


def test_a_recurring_absence_is_entered_on_the_clock_of_its_resource(client):
    resource = make_resource(make_territory(), time_zone="America/New_York")
    data = {
        "service_resource": resource.pk,
        "type": "meeting",
        "first_date": "2026-11-23",
        "start_time": "09:00",
        "end_time": "10:00",
        "weekdays": ["0"],
        "weeks": "1",
    }
    assert add(client, "absencepattern", data) == {}
    pattern = AbsencePattern.objects.get()
    first = pattern.occurrences.earliest("start")
    assert first.start == at("2026-11-23 09:00", "America/New_York")
    listed = client.get(url("absencepattern", "changelist")).content.decode()
    assert "Mon 09:00 – 10:00" in listed
    assert add(client, "absencepattern", {**data, "weekdays": []}) == {
        "weekdays": ["Choose weekdays, or enter a rule."]
    }


def test_what_recurs_follows_the_clock_of_its_place_and_single_shifts_stay(client, resource):
    place = resource.memberships.get().territory
    pattern = make_shift_pattern(service_resource=resource, territory=place)
    single = make_shift(resource, "2026-11-24 09:00", "2026-11-24 17:00")
    hours = place.operating_hours
    page = url("operatinghours", "change", hours.pk)
    form = {"name": hours.name, "time_zone": "America/New_York"}
    for prefix in ("time_slots", "holidays"):
        form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    assert client.post(page, form).status_code == 302
    first = pattern.occurrences.earliest("start")
    assert first.start == at("2026-11-23 09:00", "America/New_York")
    single.refresh_from_db()
    assert single.start == at("2026-11-24 09:00")


# Absences of whole days


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        ("2026-11-23", "2026-11-24", "2026-11-23 00:00", "2026-11-25 00:00"),
        ("2027-03-28", "2027-03-28", "2027-03-28 00:00", "2027-03-29 00:00"),
        ("2026-10-25", "2026-10-25", "2026-10-25 00:00", "2026-10-26 00:00"),
    ],
)
def test_whole_days_last_from_midnight_to_midnight(client, resource, first, last, start, end):
    data = {"service_resource": resource.pk, "type": "vacation", "is_all_day": "on"}
    assert add(client, "absence", {**data, "start_0": first, "end_0": last}) == {}
    absence = Absence.objects.get()
    assert (absence.start, absence.end) == (at(start), at(end))
    form = client.get(url("absence", "change", absence.pk)).context["adminform"].form
    assert form.initial["end"] == [dt.date.fromisoformat(last), None]


def test_a_day_whose_midnight_clocks_skip_begins_at_the_change(client):
    resource = make_resource(make_territory(), time_zone="Africa/Cairo")
    data = {"service_resource": resource.pk, "type": "vacation", "is_all_day": "on"}
    add(client, "absence", {**data, "start_0": "2027-04-30", "end_0": "2027-04-30"})
    absence = Absence.objects.get()
    assert absence.end - absence.start == dt.timedelta(hours=23)


@pytest.mark.parametrize(
    ("is_all_day", "last", "shown"),
    [
        (True, "2026-11-28 00:00", "Fri 27 Nov 2026"),
        (False, "2026-11-28 00:00", "Fri 27 Nov 2026"),
        (False, "2026-11-28 12:00", "Sat 28 Nov 2026, 12:00 (Berlin)"),
    ],
)
def test_the_list_says_whole_days_without_times(client, resource, is_all_day, last, shown):
    Absence.objects.create(
        service_resource=resource,
        type=Absence.Type.VACATION,
        start=at("2026-11-23 00:00"),
        end=at(last),
        is_all_day=is_all_day,
    )
    page = client.get(url("absence", "changelist")).content.decode()
    assert f'<td class="field-ends">{shown}</td>' in page


def test_an_absence_of_hours_needs_its_times(client, resource):
    data = {"service_resource": resource.pk, "type": "vacation"}
    errors = add(client, "absence", {**data, "start_0": "2026-11-23", "end_0": "2026-11-23"})
    assert errors["start"] == errors["end"] == ["Enter both a date and a time."]


def test_a_changed_occurrence_of_an_absence_stands_by_itself(client):
    pattern = make_absence_pattern()
    absence = pattern.occurrences.earliest("start")
    data = {"type": "meeting", "start_0": "2026-11-23", "start_1": "09:00"}
    client.post(
        url("absence", "change", absence.pk), {**data, "end_0": "2026-11-23", "end_1": "11:00"}
    )
    pattern.refresh_from_db()
    assert pattern.except_dates == ["2026-11-23"]
    assert Absence.objects.get(pk=absence.pk).pattern is None


# Appointments that can no longer be kept


@pytest.fixture
def booked(place, resource):
    """On Monday at ten, with a shift from nine to five, by a policy of shifts alone."""
    policy = SchedulingPolicy.objects.create(name="By shifts", working_time="shifts")
    work = make_work_type(place, scheduling_policy=policy)
    make_appointment(resource, at("2026-11-23 10:00"), territory=place, work_type=work)
    return make_shift(resource, "2026-11-23 09:00", "2026-11-23 17:00")


@pytest.mark.parametrize("how", ["delete", "move", "draw back", "other topic"])
def test_who_takes_a_shift_away_is_told_of_what_is_booked_in_it(client, booked, how):
    fields = {
        "move": {"start_1": "11:00"},
        "draw back": {"status": "tentative"},
        "other topic": {"topics": [make_topic().pk]},
    }
    if how == "delete":
        response = client.post(url("shift", "delete", booked.pk), {"post": "yes"})
    else:
        page = url("shift", "change", booked.pk)
        response = client.post(page, shift_form(booked, **fields[how]))
    assert any("1 appointment to come cannot be kept" in text for text in told(response))


def test_who_keeps_it_is_told_nothing(client, booked):
    page = url("shift", "change", booked.pk)
    response = client.post(page, shift_form(booked, end_1="16:00"))
    assert not any("cannot be kept" in text for text in told(response))


def test_a_recurring_absence_tells_as_well(client, booked):
    data = {
        "service_resource": booked.service_resource_id,
        "type": "meeting",
        "first_date": "2026-11-23",
        "start_time": "09:00",
        "end_time": "12:00",
        "rule": "FREQ=DAILY;COUNT=2",
    }
    response = client.post(url("absencepattern", "add"), data)
    assert any("1 appointment to come cannot be kept" in text for text in told(response))


# The agenda


def test_the_agenda_names_the_shifts_of_the_week_to_who_may_see_them(client, booked):
    resource = booked.service_resource
    make_shift(resource, "2026-11-24 08:00", "2026-11-24 12:00", status="tentative")
    make_shift(resource, "2026-12-01 08:00", "2026-12-01 12:00")
    page = reverse("admin:appointments_appointment_agenda")
    shown = client.get(page, {"resource": resource.pk, "week": "2026-W48"}).context["shifts"]
    assert [(each["day"], each["time"], each["shape"]) for each in shown] == [
        ("Mon 23 Nov 2026", "09:00 – 17:00", "good"),
        ("Tue 24 Nov 2026", "08:00 – 12:00", "wait"),
    ]


# Locks


def refuse(keys):
    raise TooBusyError


def test_a_form_that_waits_in_vain_comes_back_as_typed(client, resource, monkeypatch):
    monkeypatch.setattr(rosters.ServiceResource, "lock", refuse)
    assert "try again" in add(client, "shift", new_shift(resource))["__all__"][0]
    assert not Shift.objects.exists()


@pytest.mark.parametrize("action", ["delete_selected", "publish"])
def test_an_action_that_waits_in_vain_says_so(client, booked, monkeypatch, action):
    monkeypatch.setattr(rosters.ServiceResource, "lock", refuse)
    chosen = {"action": action, "_selected_action": [booked.pk], "post": "yes"}
    response = client.post(url("shift", "changelist"), chosen)
    assert any("try again" in text for text in told(response))
    response = client.post(url("shift", "delete", booked.pk), {"post": "yes"})
    assert any("try again" in text for text in told(response))
    booked.refresh_from_db()
    assert booked.status == "confirmed"


# Who may


def test_a_resource_keeps_its_own_shifts(resource):
    client = signed_in(own_user(resource))
    assert add(client, "shift", new_shift(resource)) == {}
    shift = Shift.objects.get()
    client.post(url("shift", "change", shift.pk), shift_form(shift, start_1="10:00"))
    shift.refresh_from_db()
    assert shift.start == at("2026-11-23 10:00")
    stranger = make_resource()
    place = resource.memberships.get().territory
    errors = add(client, "shift", new_shift(resource, service_resource=stranger.pk))
    assert "service_resource" in errors
    assert place.shifts.count() == 1


def test_an_assistant_sees_them_and_changes_none(resource):
    shift = make_shift(resource, "2026-11-23 09:00", "2026-11-23 17:00")
    pattern = make_shift_pattern(
        service_resource=resource, territory=resource.memberships.get().territory
    )
    client = signed_in(make_assistant(resource))
    assert "09:00" in client.get(url("shift", "change", shift.pk)).content.decode()
    shown = client.get(url("shiftpattern", "change", pattern.pk)).content.decode()
    assert "Mon 09:00 – 17:00" in shown
    assert client.get(url("shift", "add")).status_code == 403
    form = shift_form(shift, start_1="10:00")
    assert client.post(url("shift", "change", shift.pk), form).status_code == 403
    chosen = {"action": "publish", "_selected_action": [shift.pk]}
    client.post(url("shift", "changelist"), chosen)
    shift.refresh_from_db()
    assert shift.status == "confirmed"
