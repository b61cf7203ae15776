"""Who could work when, where and on what."""

from scheduling.models.absences import Absence, AbsencePattern, AbsenceType
from scheduling.models.hours import DayOfWeek, Holiday, OperatingHours, TimeSlot
from scheduling.models.places import Territory
from scheduling.models.policies import SchedulingPolicy
from scheduling.models.recurrences import Recurrence
from scheduling.models.resources import AssistantGrant, Membership, ServiceResource
from scheduling.models.shifts import COUNTING, Shift, ShiftPattern, ShiftStatus
from scheduling.models.skills import ResourceSkill, Skill, SkillRequirement
from scheduling.models.topics import TerritoryWorkType, WorkTypeGroup, WorkTypeGroupMember
from scheduling.models.work import WorkType

__all__ = [
    "COUNTING",
    "Absence",
    "AbsencePattern",
    "AbsenceType",
    "AssistantGrant",
    "DayOfWeek",
    "Holiday",
    "Membership",
    "OperatingHours",
    "Recurrence",
    "ResourceSkill",
    "SchedulingPolicy",
    "ServiceResource",
    "Shift",
    "ShiftPattern",
    "ShiftStatus",
    "Skill",
    "SkillRequirement",
    "Territory",
    "TerritoryWorkType",
    "TimeSlot",
    "WorkType",
    "WorkTypeGroup",
    "WorkTypeGroupMember",
]
