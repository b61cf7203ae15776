"""Page, picture, explanation and booking say the same of random rows, in weeks of clock changes."""

from __future__ import annotations

import datetime as dt
from itertools import count
from random import Random

import pytest
from django.db import transaction
from django.urls import reverse

from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.models import BusyTime, ForeignCalendar
from appointments.openings import is_open, question, question_about, question_between
from appointments.terms import Terms
from appointments.weeks import Week
from invitations import booking
from invitations.caps import capped
from invitations.choices import terms_of
from invitations.models import InvitationKey
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.engine.layers import layers
from scheduling.engine.openings import openings
from scheduling.engine.reasons import reasons
from scheduling.models import (
    Absence,
    Holiday,
    Membership,
    ResourceSkill,
    SchedulingPolicy,
    Shift,
    Skill,
    SkillRequirement,
    TimeSlot,
)
from tests.factories import (
    make_appointment,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import starts
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CHANGES = (
    ("Europe/Berlin", "2026-W43"),
    ("Europe/Berlin", "2027-W12"),
    ("America/New_York", "2026-W44"),
    ("Australia/Lord_Howe", "2026-W40"),
    ("Africa/Cairo", "2026-W44"),
    ("Pacific/Chatham", "2027-W13"),
    ("Asia/Beirut", "2026-W43"),
)
_tokens = count(1)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


class Scene:
    """An invitation to one or two hosts, with a bit of everything in one week."""

    def __init__(self, number: int) -> None:
        self.random = Random(number)
        self.zone, week = CHANGES[number % len(CHANGES)]
        self.week = Week.parse(week)
        self.place = make_territory(self._hours())
        self.topic, self.other = make_topic(), make_topic()
        self.policy = self._policy()
        self.work = make_work_type(
            self.place,
            duration=self._one(20, 30, 60, 95),
            start_interval=self._one(None, 15, 20, 25, 50, 60),
            block_time_before=self._one(0, 0, 10),
            block_time_after=self._one(0, 15),
            timeframe_start=self._one(None, 0, 2),
            timeframe_end=self._one(None, None, 9),
            scheduling_policy=self.policy,
            operating_hours=self._one(None, None, self._hours()),
        )
        self.topic.members.create(work_type=self.work)
        self.hosts = [make_resource() for _ in range(self._one(1, 2))]
        for host in self.hosts:
            self._fill(host)
        self.key = make_invitation(
            *self.hosts,
            topic=self.topic,
            territory=self.place,
            time_zone=self.zone,
            any_host=self._one(True, True, False),
            from_date=self._one(None, self.week.first_day + DAY),
            until_date=self._one(None, self.week.last_day - DAY),
            allows_extended_hours=self._one(True, False),
        )
        self.now = self.moment() if number % 5 == 0 else self.begin() - self._one(1, 3) * DAY

    def _one(self, *what):
        return self.random.choice(what)

    def begin(self) -> dt.datetime:
        return dt.datetime.combine(self.week.first_day, dt.time(), dt.UTC)

    def moment(self) -> dt.datetime:
        return self.begin() + self.random.randrange(8 * 24 * 60) * MINUTE

    def _hours(self):
        hours = make_hours(zone=self.zone, days=())
        for day in range(7):
            for start, end in self._one(((0, 0),), ((0, 4), (7, 19)), ((6, 12), (12, 0))):
                self._slot(hours, day, dt.time(start), dt.time(end))
        for n in range(7):
            if self.random.random() < 0.12:
                part = self._one((None, None), (dt.time(1), dt.time(14)), (dt.time(13), dt.time(0)))
                Holiday.objects.create(
                    operating_hours=hours,
                    date=self.week.first_day + n * DAY,
                    start_time=part[0],
                    end_time=part[1],
                    name="Feast",
                )
        return hours

    def _slot(self, hours, day, start, end):
        slot = TimeSlot.objects.create(
            operating_hours=hours,
            day_of_week=day,
            start_time=start,
            end_time=end,
            type=self._one("normal", "normal", "normal", "normal", "extended"),
            maximum_appointments=self._one(None, None, 1, 2),
        )
        if hasattr(self, "topic"):
            slot.topics.set(self._one([], [], [], [self.topic], [self.other]))

    def _policy(self):
        return SchedulingPolicy.objects.create(
            name="Random",
            working_time=self._one("hours", "shifts", "intersection", "union"),
            start_interval=self._one(15, 40),
            uses_secondary_members=self._one(True, True, False),
            uses_skills=self._one(True, False),
            uses_skill_levels=self._one(True, False),
            uses_foreign_calendars=self._one(True, True, False),
            foreign_hours_old=self._one(None, None, 48),
            lead_time=self._one(0, 90),
            horizon=self._one(None, 8 * 24 * 60),
            resource_per_day=self._one(None, None, 2),
            resource_per_week=self._one(None, None, 5),
            invitation_per_day=self._one(None, None, 1),
            takes=self._one("fewest", "first"),
        )

    def _fill(self, host):
        kinds = ("primary", "secondary") if self._one(True, False) else ("primary",)
        for kind in kinds:
            Membership.objects.create(
                service_resource=host,
                territory=self.place,
                type=kind,
                start_date=self._one(None, self.week.first_day + DAY),
                operating_hours=self._one(None, self._hours()),
            )
        for day in range(-1, 8):
            start = self.begin() + day * DAY + self._one(0, 5, 7, 9) * 60 * MINUTE
            middle = start + self._one(240, 300) * MINUTE
            for begin, end in ((start, middle), (middle, middle + 7 * 60 * MINUTE)):
                shift = Shift.objects.create(
                    service_resource=host,
                    territory=self.place,
                    start=begin,
                    end=end,
                    status=self._one("confirmed", "published", "published", "tentative"),
                )
                shift.topics.set(self._one([], [], [self.topic], [self.other]))
        skill, _is_new = Skill.objects.get_or_create(name="Law")
        SkillRequirement.objects.get_or_create(work_type=self.work, skill=skill, level=2)
        ResourceSkill.objects.create(
            service_resource=host,
            skill=skill,
            level=self._one(1, 2, 2, 3),
            end_date=self._one(None, None, self.week.first_day + 4 * DAY),
        )
        self._take_time(host)

    def _take_time(self, host):
        begin = self.moment().replace(second=self._one(0, 7))
        Absence.objects.create(
            service_resource=host, start=begin, end=begin + self._one(45, 600) * MINUTE
        )
        calendar = ForeignCalendar.objects.create(
            service_resource=host,
            name="Private",
            url=f"https://example.com/{host.pk}.ics",
            read_at=self.begin() - DAY,
        )
        for _ in range(3):
            begin = self.moment()
            BusyTime.objects.create(calendar=calendar, start=begin, end=begin + 50 * MINUTE)
        for day in range(0, 7, 2):
            make_appointment(
                host,
                self.begin() + day * DAY + self._one(9, 11, 15) * 60 * MINUTE,
                40,
                territory=self.place,
                work_type=self.work,
            )

    def book_some(self, found: list[int]) -> None:
        """By the invitation itself, so that its caps count."""
        for minute in self.random.sample(found, min(2, len(found))):
            with transaction.atomic():
                self.try_to_book(minute)

    def terms(self) -> Terms:
        key = InvitationKey.objects.for_guest(self.now).get(pk=self.key.pk)
        terms = terms_of(key.invitation, {})
        assert isinstance(terms, Terms)
        return capped(key.invitation, terms, self.now)

    def try_to_book(self, minute: int) -> bool:
        start = instant_of(minute)
        guest = Guest("G", "G", "g@example.com", "", "", "", "en", self.place.time_zone)
        key = InvitationKey.objects.for_guest(self.now).get(pk=self.key.pk)
        form = SentForm(f"form {next(_tokens)}", self.now)
        try:
            with transaction.atomic():
                booking.book(key, self.terms(), start, guest, form, self.now)
        except (TimeGoneError, booking.LinkClosedError):
            return False
        return True


@pytest.mark.parametrize("number", range(14))
def test_a9_all_say_the_same(number, client, time_machine):
    scene = Scene(number)
    time_machine.move_to(scene.now, tick=False)
    span = scene.week.span(scene.place.time_zone)
    scene.book_some(openings(question(scene.terms(), scene.now), *span))
    terms, now = scene.terms(), scene.now
    found = openings(question(terms, now), *span)
    week = question_between(terms, instant_of(span[0]), instant_of(span[1]), now)
    assert openings(week, *span) == found
    drawn = layers(week, *span)
    assert [minute for minute in range(*span) if not drawn.reasons(minute)] == found
    shown = starts(client.get(f"/invite/{scene.key.key}/{scene.week}/?tz={scene.zone}"))
    assert [minute_of(dt.datetime.fromisoformat(start)) for start in shown] == found
    tried = scene.random.sample(found, min(6, len(found)))
    tried += [minute + scene.random.choice((-5, 5, 60, 720)) for minute in tried]
    tried += [scene.random.randrange(*span) for _ in range(6)]
    for minute in (each for each in tried if span[0] <= each < span[1]):
        about = question_about(terms, instant_of(minute), now, now)
        is_found = minute in found
        assert is_open(about, instant_of(minute)) == is_found
        assert (not reasons(about, minute)) == is_found
        with transaction.atomic():
            assert scene.try_to_book(minute) == is_found
            transaction.set_rollback(True)


@pytest.mark.parametrize("number", range(7))
def test_a9_the_staff_page_counts_what_guests_are_shown(number, client, time_machine):
    scene = Scene(number)
    time_machine.move_to(scene.now, tick=False)
    shown = starts(client.get(f"/invite/{scene.key.key}/{scene.week}/?tz={scene.zone}"))
    address = reverse("admin:invitations_invitation_explain", args=[scene.key.invitation.pk])
    page = signed_in(make_administrator()).get(address, {"week": str(scene.week)})
    assert page.context["explained"].count == len(shown)
