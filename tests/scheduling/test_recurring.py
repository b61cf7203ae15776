"""The occurrences of what recurs are rows."""

from __future__ import annotations

import datetime as dt

import pytest

from scheduling import recurring
from scheduling.models import Absence, Shift
from tests.factories import at, make_topic
from tests.scheduling.recurring import NOW, make_absence_pattern, make_shift_pattern

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def days(pattern, number=3):
    rows = pattern.occurrences.order_by("start")[:number]
    return [f"{row.start.astimezone(pattern.zone):%m-%d %H:%M}" for row in rows]


def test_occurrences_are_made_a_year_and_a_bit_ahead():
    pattern = make_shift_pattern()
    assert days(pattern, 2) == ["11-23 09:00", "11-30 09:00"]
    last = pattern.occurrences.latest("start")
    assert last.start == at("2027-12-20 09:00")
    assert (last.end, last.status) == (at("2027-12-20 17:00"), "confirmed")
    assert pattern.expanded_until == dt.date(2027, 12, 25)


def test_shifts_stand_on_the_wall_clock_of_the_place_and_absences_on_that_of_the_resource():
    shifts, absences = make_shift_pattern(), make_absence_pattern()
    assert at("2027-04-05 09:00") in shifts.occurrences.values_list("start", flat=True)
    resource = absences.service_resource
    resource.time_zone = "America/New_York"
    resource.save()
    absences.refresh_from_db()
    recurring.renew(absences, NOW)
    assert absences.occurrences.earliest("start").start == at(
        "2026-11-23 09:00", "America/New_York"
    )


def test_occurrences_have_the_topics_of_their_pattern():
    topic, other = make_topic(), make_topic()
    pattern = make_shift_pattern(topics=[topic])
    assert set(pattern.occurrences.values_list("topics", flat=True)) == {topic.pk}
    pattern.topics.set([other])
    recurring.renew(pattern, NOW)
    assert set(pattern.occurrences.values_list("topics", flat=True)) == {other.pk}


def test_a_changed_rule_replaces_what_is_to_come_and_leaves_what_is_over():
    pattern = make_shift_pattern(now=at("2026-11-01 00:00"))
    pattern.rule = "FREQ=WEEKLY;BYDAY=TU"
    recurring.renew(pattern, NOW)
    assert days(pattern, 5) == [
        "11-02 09:00",
        "11-09 09:00",
        "11-16 09:00",
        "11-24 09:00",
        "12-01 09:00",
    ]


def test_what_stays_when_it_was_keeps_its_row_and_its_status():
    pattern = make_shift_pattern()
    kept = pattern.occurrences.earliest("start")
    Shift.objects.filter(pk=kept.pk).update(status="published")
    pattern.rule = "FREQ=WEEKLY;BYDAY=MO,TU"
    recurring.renew(pattern, NOW)
    kept.refresh_from_db()
    assert kept.status == "published"
    assert days(pattern) == ["11-23 09:00", "11-24 09:00", "11-30 09:00"]


def test_a_status_is_given_to_whatever_is_to_come():
    pattern = make_shift_pattern(now=at("2026-11-01 00:00"))
    pattern.status = "published"
    recurring.give_status(pattern, NOW)
    found = pattern.occurrences.order_by("start").values_list("status", flat=True)
    assert list(found[:4]) == ["confirmed", "confirmed", "confirmed", "published"]


def test_to_renew_twice_changes_nothing():
    pattern = make_shift_pattern()
    before = list(pattern.occurrences.order_by("pk").values())
    recurring.renew(pattern, NOW)
    assert list(pattern.occurrences.order_by("pk").values()) == before


def test_one_that_is_taken_out_stays_out_and_stays_what_it_was():
    pattern = make_absence_pattern()
    second = pattern.occurrences.order_by("start")[1]
    recurring.take_out(second)
    second.refresh_from_db()
    assert second.pattern is None
    pattern.refresh_from_db()
    assert pattern.except_dates == ["2026-11-30"]
    recurring.renew(pattern, NOW)
    assert days(pattern) == ["11-23 09:00", "12-07 09:00", "12-14 09:00"]
    assert Absence.objects.filter(start=at("2026-11-30 09:00")).get() == second


def test_an_absence_pattern_passes_on_its_type_and_description():
    pattern = make_absence_pattern(description="Staff meeting")
    pattern.type, pattern.description = "training", "First aid"
    recurring.renew(pattern, NOW)
    assert set(pattern.occurrences.values_list("type", "description")) == {
        ("training", "First aid")
    }


def test_topping_up_makes_only_what_has_come_into_sight():
    topic = make_topic()
    pattern = make_shift_pattern(topics=[topic])
    before = set(pattern.occurrences.values_list("pk", flat=True))
    recurring.top_up(pattern, NOW + dt.timedelta(days=14))
    new = pattern.occurrences.exclude(pk__in=before).order_by("start")
    assert [(row.start, row.topics.get()) for row in new] == [
        (at("2027-12-27 09:00"), topic),
        (at("2028-01-03 09:00"), topic),
    ]


def test_a_count_is_counted_from_the_first_day_and_left_out_days_count():
    pattern = make_shift_pattern(rule="FREQ=WEEKLY;COUNT=5", except_dates=["2026-11-23"])
    assert days(pattern) == ["11-30 09:00"]
