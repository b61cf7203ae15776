"""The database refuses overlaps of time held, whoever writes (rule B2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin, site
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.forms import modelform_factory

from appointments import guards
from appointments.models import Appointment, Assignment
from scheduling.models import ServiceResource
from tests.factories import at, make_appointment, make_resource, make_territory

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NINE = at("2026-11-23 09:00", "UTC")
HALF_AN_HOUR = dt.timedelta(minutes=30)
needs_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite keeps text")


@pytest.fixture
def held() -> Assignment:
    """Anna's half hour from nine."""
    return make_appointment(make_resource(make_territory()), NINE).assignments.get()


@pytest.fixture
def later(held: Assignment) -> Assignment:
    """Anna's half hour from eleven, which the tests try to move."""
    return another(held, NINE + 4 * HALF_AN_HOUR).assignments.get()


def another(held: Assignment, start: dt.datetime, resource: Any = None) -> Appointment:
    first = held.appointment
    return make_appointment(
        resource or held.service_resource,
        start,
        territory=first.territory,
        work_type=first.work_type,
    )


def assert_refused(write: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    assert guards.is_overlap(caught.value)


def insert(row: Assignment, start: Any, end: Any, holds_time: Any = True, seat: Any = 1) -> None:
    """A row written past Django's models."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {guards.TABLE} (appointment_id, service_resource_id, is_primary,"
            " is_required, seat, blocked_start, blocked_end, holds_time)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(row.appointment_id, row.service_resource_id, True, True, seat),
                *(written(start), written(end), holds_time),
            ],
        )


def written(value: Any) -> Any:
    """A time as the database keeps it; anything else as it is."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def unassigned(held: Assignment) -> Assignment:
    """What a further assignment of the same resource would say, without its times."""
    appointment = another(held, NINE, make_resource(held.appointment.territory))
    return Assignment(appointment=appointment, service_resource=held.service_resource)


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 30), (-10, 1), (29, 60), (10, 20), (-60, 90)],
    ids=["equal", "over the start", "over the end", "inside", "around"],
)
def test_an_insert_that_overlaps_is_refused(held: Assignment, first: int, last: int) -> None:
    start, end = NINE + dt.timedelta(minutes=first), NINE + dt.timedelta(minutes=last)

    assert_refused(lambda: insert(unassigned(held), start, end))


def test_bulk_create_is_refused_within_and_against_what_is_there(held: Assignment) -> None:
    rows = [unassigned(held), unassigned(held)]
    for row in rows:
        row.blocked_start, row.blocked_end = NINE - HALF_AN_HOUR, NINE

    assert_refused(lambda: Assignment.objects.bulk_create(rows))

    rows[0].blocked_end += HALF_AN_HOUR
    assert_refused(lambda: Assignment.objects.bulk_create(rows[:1]))


def test_saving_a_model_is_refused(held: Assignment, later: Assignment) -> None:
    later.blocked_start, later.blocked_end = NINE, NINE + HALF_AN_HOUR

    assert_refused(later.save)


def test_a_form_of_the_admin_is_refused(held: Assignment, later: Assignment) -> None:
    """The admin offers none (B8); should one be registered, it cannot overlap either."""
    form_class = modelform_factory(Assignment, fields=["blocked_start", "blocked_end"])
    form = form_class({"blocked_start": NINE, "blocked_end": NINE + HALF_AN_HOUR}, instance=later)
    assert form.is_valid()

    assert_refused(lambda: ModelAdmin(Assignment, site).save_model(None, later, form, change=True))


def test_updating_a_queryset_is_refused(held: Assignment, later: Assignment) -> None:
    rows = Assignment.objects.filter(pk=later.pk)

    assert_refused(lambda: rows.update(blocked_start=NINE + dt.timedelta(minutes=29)))


def test_a_raw_update_is_refused(held: Assignment, later: Assignment) -> None:
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {guards.TABLE} SET blocked_start = %s WHERE id = %s",
                [written(NINE), later.pk],
            )

    assert_refused(write)


@pytest.mark.parametrize("field", ["holds_time", "seat", "service_resource"])
def test_a_row_cannot_come_back_to_time_that_is_taken(held: Assignment, field: str) -> None:
    row = unassigned(held)
    row.blocked_start, row.blocked_end = NINE, NINE + HALF_AN_HOUR
    clashing = getattr(row, field)
    elsewhere = {"holds_time": False, "seat": 2, "service_resource": make_resource()}
    setattr(row, field, elsewhere[field])
    row.save()
    setattr(row, field, clashing)

    assert_refused(row.save)


@pytest.mark.parametrize("minutes", [-30, 30], ids=["before", "after"])
def test_times_that_touch_are_no_overlap(held: Assignment, minutes: int) -> None:
    another(held, NINE + dt.timedelta(minutes=minutes))

    assert Assignment.objects.filter(service_resource=held.service_resource).count() == 2


def test_another_resource_another_seat_and_time_that_is_not_held_are_free(
    held: Assignment,
) -> None:
    other: ServiceResource = make_resource(held.appointment.territory)
    another(held, NINE, other)
    insert(unassigned(held), NINE, NINE + HALF_AN_HOUR, seat=2)
    insert(unassigned(held), NINE, NINE + HALF_AN_HOUR, holds_time=False)

    assert Assignment.objects.filter(service_resource=held.service_resource).count() == 3


def test_a_row_may_be_saved_again_as_it_is(held: Assignment) -> None:
    held.save()
    Assignment.objects.update(holds_time=True)


@needs_sqlite
@pytest.mark.parametrize(
    "start",
    [
        "2026-11-23T09:00:00",
        "2026-11-23 09:00",
        "2026-11-23 09:00:00.000000",
        "2026-11-23 09:00:30",
        "2026-11-23 10:00:00+01:00",
        "2026-11-23 09:00:00Z",
        "2026-11-22 33:00:00",
        "2026-02-31 09:00:00",
        " 2026-11-23 09:00:00",
        "now",
        "",
        2461367.875,
        b"2026-11-23 09:00:00",
    ],
)
def test_times_in_any_other_writing_are_refused(held: Assignment, start: Any) -> None:
    # Some are refused by the constraint that a row ends after it starts, and comes before.
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(unassigned(held), start, "2026-11-23 12:00:00", seat=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(unassigned(held), "2026-01-01 00:00:00", start, seat=2)


@needs_sqlite
@pytest.mark.parametrize("holds_time", [2, -1, "yes", "true"])
def test_holding_time_is_yes_or_no(held: Assignment, holds_time: Any) -> None:
    times = ("2026-11-24 09:00:00", "2026-11-24 09:30:00")

    assert_refused(lambda: insert(unassigned(held), *times, holds_time=holds_time))


def test_without_the_guard_check_and_readiness_page_go_red_until_migrate(client: Any) -> None:
    guards.remove(connection)

    with pytest.raises(CommandError, match=r"appointments\.E001"):
        call_command("check", "--deploy", databases=["default"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["guards"]) == (503, False)

    call_command("migrate", verbosity=0)

    assert guards.check_guards(None, ["default"]) == []
    assert client.get("/readyz").json()["guards"] is True


def test_migrate_repairs_a_missing_guard_from_the_command_line() -> None:
    guards.remove(connection)

    call_command("migrate", verbosity=0, skip_checks=False)

    assert guards.in_place(connection)


@needs_sqlite
@pytest.mark.parametrize("name", sorted(guards.TRIGGERS))
def test_half_a_guard_is_none(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}")
    assert not guards.in_place(connection)

    guards.install(connection)

    assert guards.in_place(connection)


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_rebuilds_the_table_ends_with_the_guard_in_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = make_appointment(make_resource(make_territory()), NINE).assignments.get()
    renamed = models.PositiveSmallIntegerField(default=1)
    renamed.set_attributes_from_name("place")
    seat = Assignment._meta.get_field("seat")

    def rebuild(old: Any, new: Any) -> None:
        with connection.schema_editor() as editor:
            editor.alter_field(Assignment, old, new)

    renamed.model = Assignment
    # As migrate does it: signal, operations, signal.
    guards.before_migrate(sender=None, using="default")  # type: ignore[arg-type]
    rebuild(seat, renamed)
    rebuild(renamed, seat)
    assert guards.in_place(connection) == (connection.vendor == "postgresql")
    call_command("migrate", verbosity=0)

    assert guards.in_place(connection)
    assert_refused(lambda: insert(unassigned(held), NINE, NINE + HALF_AN_HOUR))
