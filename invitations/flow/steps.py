"""The steps of the flow in order, and which of their fields asks for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from invitations.flow.limits import LimitsStep, MessageStep, WhenStep
from invitations.flow.meeting import WhatStep, WhereStep, WhoStep
from invitations.flow.step import Step
from invitations.models import Lockable

STEPS: Mapping[str, type[Step]] = {
    step.name: step
    for step in cast(
        "tuple[type[Step], ...]",
        (WhoStep, WhatStep, WhereStep, WhenStep, LimitsStep, MessageStep),
    )
}

FIELDS_OF_LOCK = {
    Lockable.FROM: ("from_date", "from_in"),
    Lockable.UNTIL: ("until_date", "until_after"),
    Lockable.EXPIRY: ("expiry_date", "expires_in"),
}
"""The fields that a template’s lock fixes, where they are not one of the same name."""

STEP_OF_CRITERION = {"hosts": "who", "topic": "what", "work_type": "what"}
FIELD_OF_CRITERION = {"topic": "work", "work_type": "work"}
"""Where the flow asks for a criterion, if not under its own name."""
