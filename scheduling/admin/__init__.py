"""The admin of who could work when, where and on what, and of who may see it."""

from scheduling.admin import (
    accounts,
    assistants,
    hours,
    places,
    policies,
    resources,
    skills,
    work,
)

__all__ = ["accounts", "assistants", "hours", "places", "policies", "resources", "skills", "work"]
