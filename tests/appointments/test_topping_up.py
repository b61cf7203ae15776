"""Workers make the occurrences of what recurs, as its days come into sight."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from appointments import topping_up
from appointments.locks import TooBusyError
from scheduling import recurring
from scheduling.models import ServiceResource
from tests.scheduling.recurring import NOW, make_absence_pattern, make_shift_pattern

A_DAY, A_WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
WORKERS = 4


@pytest.mark.django_db
@pytest.mark.database
def test_every_pattern_is_topped_up_once_a_day(django_assert_num_queries):
    shifts, absences = make_shift_pattern(), make_absence_pattern()
    topping_up.top_up(NOW + A_WEEK)
    assert [each.occurrences.count() for each in (shifts, absences)] == [58, 58]
    with django_assert_num_queries(2):
        topping_up.top_up(NOW + A_WEEK + A_DAY / 24)


@pytest.mark.django_db
@pytest.mark.database
def test_one_that_is_locked_waits_until_the_next_time(monkeypatch):
    busy, free = make_shift_pattern(), make_shift_pattern()
    lock = ServiceResource.lock

    def refuse(keys):
        if busy.service_resource_id in keys:
            raise TooBusyError
        return lock(keys)

    monkeypatch.setattr(ServiceResource, "lock", refuse)
    topping_up.top_up(NOW + A_WEEK)
    assert [each.occurrences.count() for each in (busy, free)] == [57, 58]
    monkeypatch.undo()
    topping_up.top_up(NOW + A_WEEK)
    assert busy.occurrences.count() == 58


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_several_workers_at_once_make_no_occurrence_twice():
    patterns = [make_shift_pattern(rule="FREQ=DAILY") for _ in range(3)]
    together = Barrier(WORKERS)

    def work(_number):
        try:
            together.wait()
            topping_up.top_up(NOW + A_WEEK)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as threads:
        list(threads.map(work, range(WORKERS)))
    for pattern in patterns:
        starts = list(pattern.occurrences.values_list("start", flat=True))
        assert len(starts) == len(set(starts)) == 407
        pattern.refresh_from_db()
        assert pattern.expanded_until == recurring.horizon(NOW + A_WEEK)
