from datetime import date
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from scheduling.models import Absence, Holiday, Membership, ServiceResource
from scheduling.prepared import prepared
from tests import factories

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@prepared
def absences(resources, start, end):
    rows = Absence.objects.filter(service_resource__in=resources).overlapping(start, end)
    return rows.values_list("service_resource", "start", "end").order_by("start")


@prepared
def holidays(first, last):
    return Holiday.objects.filter(date__gte=first, date__lte=last).order_by("date")


@prepared
def memberships(name):
    rows = Membership.objects.filter(service_resource__name=name)
    return rows.select_related("territory__operating_hours").order_by("pk")


@prepared
def locked(keys):
    return ServiceResource.objects.filter(pk__in=keys).select_for_update()


def absence(resource, start, end):
    start, end = factories.at(start), factories.at(end)
    return Absence.objects.create(service_resource=resource, start=start, end=end)


def test_a_prepared_query_answers_each_call_for_its_own_values():
    resource = factories.make_resource()
    other = factories.make_resource()
    first = absence(resource, "2026-11-23 09:00", "2026-11-23 10:00")
    second = absence(other, "2026-11-24 09:00", "2026-11-24 10:00")
    week = factories.at("2026-11-23 00:00"), factories.at("2026-11-30 00:00")
    tuesday = factories.at("2026-11-24 00:00"), factories.at("2026-11-25 00:00")

    def row(each):
        return [each.service_resource_id, each.start, each.end]

    assert [list(r) for r in absences([resource.pk], *week)] == [row(first)]
    assert [list(r) for r in absences({other.pk}, *week)] == [row(second)]
    assert [list(r) for r in absences((resource.pk, other.pk), *week)] == [row(first), row(second)]
    assert [list(r) for r in absences([resource.pk, other.pk], *tuesday)] == [row(second)]


def test_nothing_is_asked_for_where_a_collection_is_empty(django_assert_num_queries):
    span = factories.at("2026-11-23 00:00"), factories.at("2026-11-30 00:00")
    with django_assert_num_queries(0):
        assert absences([], *span) == []


def test_dates_are_compared_as_dates():
    hours = factories.make_hours()
    days = [date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)]
    for day in days:
        Holiday.objects.create(operating_hours=hours, name="Day off", date=day)
    assert [each.date for each in holidays(days[1], days[2])] == days[1:]


def test_rows_are_models_with_what_belongs_to_them(django_assert_num_queries):
    resource = factories.make_resource(factories.make_territory())
    with django_assert_num_queries(1):
        [membership] = memberships(resource.name)
        zone = membership.territory.operating_hours.time_zone
    expected = Membership.objects.get(service_resource=resource)
    assert (membership, zone) == (expected, expected.territory.operating_hours.time_zone)
    assert membership.start_date == expected.start_date


def test_a_value_can_end_no_statement():
    assert memberships("Anna' OR 1=1 --") == []


def test_rows_are_locked_within_a_transaction_only():
    resource = factories.make_resource()
    with transaction.atomic():
        assert locked([resource.pk]) == [resource]
    with pytest.raises(TransactionManagementError):
        locked([resource.pk])


def test_what_one_thread_prepared_serves_another_by_its_own_connection():
    factories.make_resource(factories.make_territory(), name="Anna Berger")
    here, there = memberships("Anna Berger"), []

    def ask():
        there.extend(memberships("Anna Berger"))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert there == here != []
