"""What an office may have beside weekly hours: a roster, a skill, places for several at once."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from invitations.demo.office import make_topic
from invitations.generate import Criteria, generate
from scheduling import recurring
from scheduling.models import (
    ResourceSkill,
    SchedulingPolicy,
    ServiceResource,
    ShiftPattern,
    ShiftStatus,
    Skill,
    Territory,
    WorkType,
    WorkTypeGroup,
)
from scheduling.models.policies import WorkingTime


def make_roster(resource: ServiceResource, office: Territory, today: dt.date) -> None:
    """Advice that only those who know about pensions give, on the days of their roster."""
    policy = SchedulingPolicy.objects.create(
        name="By roster", start_interval=30, working_time=WorkingTime.SHIFTS, uses_skills=True
    )
    topic = make_topic(
        "Pension advice", "What you will live on later.", 60, [office], scheduling_policy=policy
    )
    pensions = Skill.objects.create(name="Pensions")
    WorkType.objects.get(groups=topic).skill_requirements.create(skill=pensions)
    ResourceSkill.objects.create(service_resource=resource, skill=pensions)
    pattern = ShiftPattern.objects.create(
        service_resource=resource,
        territory=office,
        status=ShiftStatus.PUBLISHED,
        rule="FREQ=WEEKLY;BYDAY=TU,TH",
        first_date=today,
        start_time=dt.time(10),
        end_time=dt.time(16),
    )
    recurring.renew(pattern, timezone.now())
    asked = Criteria(hosts=(resource,), topic=topic, territory=office)
    generate(asked, created_by=resource.user, today=today)


def make_places(office: Territory, topic: WorkTypeGroup) -> None:
    """At lunch on Tuesdays, three guests at once may ask short questions."""
    slot = office.operating_hours.time_slots.create(
        day_of_week=1, start_time=dt.time(12), end_time=dt.time(13), maximum_appointments=3
    )
    slot.topics.add(topic)
