"""What each switch of a scheduling policy does, flipped in the row and seen in what is offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from appointments import changes, reminders
from appointments.booking import Guest, SentForm
from appointments.models import Appointment, BusyTime, ForeignCalendar, Status
from appointments.openings import question
from appointments.terms import Terms
from invitations import booking
from invitations.caps import capped
from invitations.choices import terms_of
from invitations.models import Invitation, InvitationKey
from scheduling.engine.bounds import bounds
from scheduling.engine.intervals import instant_of
from scheduling.engine.openings import openings
from scheduling.models import (
    Membership,
    ResourceSkill,
    SchedulingPolicy,
    ServiceResource,
    Shift,
    Skill,
    SkillRequirement,
    Territory,
    WorkType,
)
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_client,
    make_hours,
    make_invitation,
    make_preference,
    make_resource,
    make_territory,
    make_work_type,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

NOW = at("2026-11-20 12:00")
MONDAY = at("2026-11-23 00:00")
NINE, TEN, NOON, SIX = (MONDAY + dt.timedelta(hours=hour) for hour in (9, 10, 12, 18))
HOUR = dt.timedelta(hours=1)


@dataclass
class Scene:
    """An hour with Anna, or Tom where any will do, between nine and five of one Monday."""

    office: Territory
    work: WorkType
    anna: ServiceResource
    tom: ServiceResource
    key: InvitationKey
    policy: SchedulingPolicy

    @property
    def invitation(self) -> Invitation:
        return self.key.invitation

    def set(self, **values: Any) -> None:
        SchedulingPolicy.objects.filter(pk=self.policy.pk).update(**values)

    def terms(self) -> Terms:
        key = InvitationKey.objects.for_guest(NOW).get(pk=self.key.pk)
        terms = terms_of(key.invitation, {}, client=key.client)
        assert isinstance(terms, Terms)
        return capped(key.invitation, terms, NOW)

    def starts(self) -> set[dt.datetime]:
        asked = question(self.terms(), NOW)
        return {instant_of(start).astimezone(BERLIN) for start in openings(asked, *bounds(asked))}

    def book(self, start: dt.datetime = TEN) -> Appointment:
        guest = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)
        form = SentForm(f"form {start} {Appointment.objects.count()}", NOW)
        return booking.book(self.key, self.terms(), start, guest, form, NOW)


@pytest.fixture
def scene() -> Scene:
    policy = SchedulingPolicy.objects.create(name="Default", is_default=True)
    office = make_territory()
    work = make_work_type(office, duration=60, start_interval=60, timeframe_end=None)
    anna = make_resource(office, name="Anna Berger")
    tom = make_resource(office, name="Tom Reed")
    monday = {"from_date": MONDAY.date(), "until_date": MONDAY.date()}
    key = make_invitation(anna, territory=office, work_type=work, **monday)
    return Scene(office, work, anna, tom, key, policy)


def work_a_shift(scene: Scene) -> None:
    """From three to seven, two hours of which are beyond the hours."""
    Shift.objects.create(
        service_resource=scene.anna,
        territory=scene.office,
        start=NINE + 6 * HOUR,
        end=NINE + 10 * HOUR,
        status="published",
    )


def be_there_as(kind: str) -> Callable[[Scene], None]:
    def arrange(scene: Scene) -> None:
        Membership.objects.filter(service_resource=scene.anna).update(type=kind)

    return arrange


def need_a_skill(scene: Scene) -> None:
    english = Skill.objects.create(name="English")
    SkillRequirement.objects.create(work_type=scene.work, skill=english)


def need_a_higher_level(scene: Scene) -> None:
    english = Skill.objects.create(name="English")
    SkillRequirement.objects.create(work_type=scene.work, skill=english, level=50)
    ResourceSkill.objects.create(service_resource=scene.anna, skill=english, level=10)


def be_busy_elsewhere(scene: Scene) -> None:
    calendar = ForeignCalendar.objects.create(
        service_resource=scene.anna, name="Own", url="https://example.com/own.ics", read_at=NOW
    )
    BusyTime.objects.create(calendar=calendar, start=TEN, end=TEN + HOUR)


def have_an_old_calendar(scene: Scene) -> None:
    be_busy_elsewhere(scene)
    ForeignCalendar.objects.update(read_at=NOW - 5 * HOUR)


def respect_a_client(scene: Scene) -> None:
    client = make_client()
    Invitation.objects.update(respects_wishes=True)
    InvitationKey.objects.update(client=client)
    scene.key.client = client


def be_visited_until_ten(scene: Scene) -> None:
    respect_a_client(scene)
    scene.key.client.visiting_hours = make_hours(times=((dt.time(0), dt.time(10)),))
    scene.key.client.save()


def be_unwanted(scene: Scene) -> None:
    respect_a_client(scene)
    make_preference(scene.key.client, scene.anna, "excluded")


def leave_the_grid_open(scene: Scene) -> None:
    WorkType.objects.update(start_interval=None)


def leave_times_open(scene: Scene) -> None:
    WorkType.objects.update(timeframe_start=None, timeframe_end=None)


def have_one_by_another_link(scene: Scene) -> None:
    make_appointment(scene.anna, NINE, 60, territory=scene.office, work_type=scene.work)


def have_one_by_this_link(scene: Scene) -> None:
    scene.book(NINE)


def nothing(scene: Scene) -> None:
    pass


def hours(*numbers: int) -> set[dt.datetime]:
    return {MONDAY + number * HOUR for number in numbers}


ALL_DAY = hours(*range(9, 17))
TAKEN = ALL_DAY - {NINE}

SWITCHES: list[tuple[str, Callable[[Scene], None], Any, Any, set[Any], set[Any]]] = [
    ("working_time", work_a_shift, "hours", "shifts", ALL_DAY, hours(15, 16, 17, 18)),
    ("working_time", work_a_shift, "hours", "intersection", ALL_DAY, hours(15, 16)),
    ("working_time", work_a_shift, "hours", "union", ALL_DAY, hours(*range(9, 19))),
    ("uses_primary_members", be_there_as("primary"), True, False, ALL_DAY, set()),
    ("uses_secondary_members", be_there_as("secondary"), True, False, ALL_DAY, set()),
    ("uses_skills", need_a_skill, True, False, set(), ALL_DAY),
    ("uses_skill_levels", need_a_higher_level, True, False, set(), ALL_DAY),
    ("uses_foreign_calendars", be_busy_elsewhere, True, False, ALL_DAY - {TEN}, ALL_DAY),
    ("foreign_hours_old", have_an_old_calendar, None, 4, ALL_DAY - {TEN}, set()),
    ("uses_visiting_hours", be_visited_until_ten, True, False, hours(9), ALL_DAY),
    ("uses_preferences", be_unwanted, True, False, set(), ALL_DAY),
    ("lead_time", leave_times_open, 0, 3 * 24 * 60, ALL_DAY, hours(12, 13, 14, 15, 16)),
    ("horizon", leave_times_open, None, 600, ALL_DAY, hours(9)),
    ("resource_per_day", have_one_by_another_link, None, 1, TAKEN, set()),
    ("resource_per_week", have_one_by_another_link, None, 1, TAKEN, set()),
    ("invitation_per_day", have_one_by_this_link, None, 1, TAKEN, set()),
    ("invitation_per_week", have_one_by_this_link, None, 1, TAKEN, set()),
]


@pytest.mark.parametrize(
    ("switch", "arrange", "one", "other", "with_one", "with_other"),
    SWITCHES,
    ids=[f"{row[0]}: {row[3]}" for row in SWITCHES],
)
def test_a1_a4_what_is_offered_follows_each_switch(
    scene: Scene,
    switch: str,
    arrange: Callable[[Scene], None],
    one: Any,
    other: Any,
    with_one: set[dt.datetime],
    with_other: set[dt.datetime],
) -> None:
    arrange(scene)
    scene.set(**{switch: one})
    assert scene.starts() == with_one
    scene.set(**{switch: other})
    assert scene.starts() == with_other


def test_a5_the_interval_between_starts(scene: Scene) -> None:
    leave_the_grid_open(scene)
    scene.set(start_interval=20)
    assert {NINE + dt.timedelta(minutes=20), NINE + dt.timedelta(minutes=40)} < scene.starts()
    scene.set(start_interval=60)
    assert scene.starts() == ALL_DAY


@pytest.mark.parametrize(("takes", "who"), [("fewest", "Tom Reed"), ("first", "Anna Berger")])
def test_a6_which_of_several_takes_it(scene: Scene, takes: str, who: str) -> None:
    have_one_by_another_link(scene)
    both = make_invitation(
        scene.anna, scene.tom, territory=scene.office, work_type=scene.work, any_host=True
    )
    scene.key = both
    scene.set(takes=takes)
    assert scene.book().assignments.get().service_resource.name == who


def test_what_guests_may_change_and_until_when(scene: Scene) -> None:
    booked = scene.book()
    assert changes.is_cancellable(booked, NOW)
    assert changes.is_movable(booked, NOW)
    scene.set(cancel_cutoff=5 * 24 * 60)
    booked = Appointment.objects.get()
    assert not changes.is_cancellable(booked, NOW)
    assert changes.is_movable(booked, NOW)
    scene.set(cancel_cutoff=0, move_cutoff=5 * 24 * 60)
    assert changes.is_cancellable(booked, NOW)
    assert not changes.is_movable(booked, NOW)


def test_how_many_reminders(scene: Scene) -> None:
    scene.set(reminders="60, 1440")
    assert len(reminders.owed(scene.book(), NOW)) == 2
    scene.set(reminders="")
    assert reminders.owed(scene.book(NOON), NOW) == []


def test_whether_guests_confirm(scene: Scene) -> None:
    scene.set(confirm_within=30)
    assert scene.book().status == Status.PENDING
    scene.set(confirm_within=0)
    assert scene.book(NOON).status == Status.SCHEDULED


def test_the_invitations_own_goes_before_that_of_its_work_and_that_before_the_default(
    scene: Scene,
) -> None:
    of_work, own = (
        SchedulingPolicy.objects.create(name=name, cancel_cutoff=minutes, reminders=said)
        for name, minutes, said in (("Of the work", 10, "10"), ("Own", 20, "20, 30"))
    )
    first = scene.book(NINE)
    WorkType.objects.update(scheduling_policy=of_work)
    second = scene.book(TEN)
    Invitation.objects.update(scheduling_policy=own)
    third = scene.book(NOON)
    assert [each.reminders for each in (first, second, third)] == ["1440", "10", "20, 30"]
    until = [changes.cancellable_until(each) for each in Appointment.objects.order_by("start")]
    early = [NINE, TEN, NOON]
    assert [start - each for start, each in zip(early, until, strict=True)] == [
        # What is booked without one of its own goes by its work as it is today.
        dt.timedelta(minutes=10),
        dt.timedelta(minutes=10),
        dt.timedelta(minutes=20),
    ]


def test_every_switch_is_in_this_table_or_has_a_test_of_its_own() -> None:
    elsewhere = {"start_interval", "takes", "cancel_cutoff", "move_cutoff", "reminders"}
    elsewhere |= {"confirm_within", "id", "name", "is_default"}
    fields = {field.name for field in SchedulingPolicy._meta.concrete_fields}
    assert {row[0] for row in SWITCHES} | elsewhere == fields
