"""Who could work when, where and on what."""

from scheduling.models.hours import DayOfWeek, Holiday, OperatingHours, TimeSlot
from scheduling.models.places import Territory
from scheduling.models.policies import SchedulingPolicy
from scheduling.models.resources import (
    Absence,
    AssistantGrant,
    Membership,
    ServiceResource,
)
from scheduling.models.work import (
    TerritoryWorkType,
    WorkType,
    WorkTypeGroup,
    WorkTypeGroupMember,
)

__all__ = [
    "Absence",
    "AssistantGrant",
    "DayOfWeek",
    "Holiday",
    "Membership",
    "OperatingHours",
    "SchedulingPolicy",
    "ServiceResource",
    "Territory",
    "TerritoryWorkType",
    "TimeSlot",
    "WorkType",
    "WorkTypeGroup",
    "WorkTypeGroupMember",
]
