"""A topic that hours or shifts are kept for is not deleted: they would be for all topics then."""

from __future__ import annotations

import pytest
from django.urls import reverse

from scheduling.models import Shift, WorkTypeGroup
from tests.factories import at, make_hours, make_resource, make_territory, make_topic
from tests.invitations.pages import text
from tests.scheduling.recurring import make_shift_pattern
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def friday(time_machine):
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)


def hours_for(*topics):
    hours = make_hours()
    hours.time_slots.first().topics.set(topics)
    return f"Operating hours: {hours}"


def shift_for(*topics, day="2026-11-24"):
    place = make_territory()
    shift = Shift.objects.create(
        service_resource=make_resource(place),
        territory=place,
        start=at(f"{day} 09:00"),
        end=at(f"{day} 12:00"),
    )
    shift.topics.set(topics)
    return f"Shift: {shift}"


def recurring_for(*topics):
    pattern = make_shift_pattern()
    pattern.topics.set(topics)
    return f"Recurring shift: {pattern}"


def said(topic):
    office = signed_in(make_administrator())
    page = reverse("admin:scheduling_worktypegroup_delete", args=[topic.pk])
    before, after = office.get(page), office.post(page, {"post": "yes"})
    return text(before), text(after) if after.status_code == 200 else ""


@pytest.mark.parametrize("kept_for", [hours_for, shift_for, recurring_for])
def test_what_is_kept_for_a_topic_alone_needs_it(kept_for):
    topic = make_topic()
    what = kept_for(topic)
    for words in said(topic):
        assert f"“{topic}” is in use, so it stays. This needs it:" in words
        assert what in words
    topic.refresh_from_db()


def test_what_has_another_topic_does_not():
    topic, other = make_topic(), make_topic()
    for kept_for in (hours_for, shift_for, recurring_for):
        kept_for(topic, other)
    said(topic)
    assert list(WorkTypeGroup.objects.all()) == [other]


def test_shifts_that_are_over_do_not():
    topic = make_topic()
    shift_for(topic, day="2026-11-17")
    said(topic)
    assert not WorkTypeGroup.objects.exists()


def test_both_topics_at_once_are_needed_as_well():
    topics = [make_topic(), make_topic()]
    what = hours_for(*topics)
    page = reverse("admin:scheduling_worktypegroup_changelist")
    sent = {"action": "delete_selected", "_selected_action": [each.pk for each in topics]}
    for post in ({}, {"post": "yes"}):
        words = text(signed_in(make_administrator()).post(page, {**sent, **post}))
        assert what in words
    assert WorkTypeGroup.objects.count() == 2
