"""Drafts of invitations, kept in the session while their flow goes on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404

KEPT = "invitation_drafts"
MOST = 20
"""So many drafts of a session are kept; the oldest goes first."""


@dataclass(slots=True)
class Draft:
    """What was chosen so far, as texts of form fields, and where the flow started from.

    ``template`` and ``like`` are the short name of an invitation template and the id of an
    invitation whose values the steps begin with. ``accepted`` are the ids of hosts that were
    within reach. ``invitation`` is the id of what has become of it, ``for_list`` whether
    that is for a list of prospects.
    """

    key: str
    values: dict[str, list[str]] = field(default_factory=dict)
    template: str = ""
    like: int | None = None
    accepted: list[int] = field(default_factory=list)
    invitation: int | None = None
    for_list: bool = False

    def keep(self, sent: Mapping[str, list[str]]) -> None:
        """Take over what was sent for fields, valid or not."""
        self.values.update(sent)


def new_draft() -> Draft:
    return Draft(secrets.token_urlsafe(6))


def save(session: SessionBase, draft: Draft) -> None:
    drafts: dict[str, Any] = session.get(KEPT, {})
    drafts.pop(draft.key, None)
    drafts[draft.key] = asdict(draft)
    session[KEPT] = dict(list(drafts.items())[-MOST:])


def load(session: SessionBase, key: str) -> Draft:
    """Raises Http404 for a draft that this session doesn't have, or has no more."""
    try:
        return Draft(**session.get(KEPT, {})[key])
    except KeyError as error:
        raise Http404 from error
