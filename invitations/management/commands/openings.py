"""Lists the openings of an invitation, or says why a time is none."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appointments.clocks import iso
from appointments.openings import question
from appointments.terms import Terms
from appointments.weeks import Week
from invitations.calendar import openings_in
from invitations.caps import capped
from invitations.choices import PlaceChoice, TopicChoice, Undecided, terms_of
from invitations.keys import find_key
from invitations.models import InvitationKey
from scheduling.engine.bounds import bounds
from scheduling.engine.intervals import Minute, minute_of
from scheduling.engine.openings import openings
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Question
from scheduling.models import Territory, WorkTypeGroup


class Command(BaseCommand):
    help = "Print the starts that are open under an invitation, one ISO 8601 UTC start per line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key")
        parser.add_argument("--topic", help="where the invitation leaves the topic open")
        parser.add_argument("--territory", help="where the invitation leaves the place open")
        parser.add_argument("--week", help="YYYY-Www, a week at the place; all without")
        parser.add_argument("--json", action="store_true", help="print one JSON list")
        parser.add_argument("--explain", metavar="INSTANT", help="print why this start is closed")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        key = find_key(options["key"], now)
        if key is None:
            raise CommandError("There is no invitation with this key.")
        terms = _terms(key, options["topic"], options["territory"])
        asked = question(capped(key.invitation, terms, now), now)
        if options["explain"]:
            start = minute_of(_instant(options["explain"]))
            self._print(sorted(reasons(asked, start)) or ["open"])
        elif closed := key.closed(now):
            self.stderr.write(f"This link is closed: {closed.value}")
            self._print([], as_json=options["json"])
        else:
            starts = _starts(asked, options["week"], terms.territory.time_zone)
            self._print([iso(start) for start in starts], as_json=options["json"])

    def _print(self, lines: Sequence[str], *, as_json: bool = False) -> None:
        if as_json:
            self.stdout.write(json.dumps(lines))
        elif lines:
            self.stdout.write("\n".join(lines))


def _starts(asked: Question, week: str | None, zone: ZoneInfo) -> list[Minute]:
    if week is None:
        return openings(asked, *bounds(asked))
    return openings_in(_week(week), asked, zone)


def _terms(key: InvitationKey, topic: str | None, territory: str | None) -> Terms:
    chosen = {}
    if topic:
        chosen["topic"] = str(_named(WorkTypeGroup, topic).pk)
    if territory:
        chosen["place"] = str(_named(Territory, territory).pk)
    terms = terms_of(key.invitation, chosen, client=key.client)
    if not isinstance(terms, Terms):
        raise CommandError(_still_open(terms))
    return terms


def _still_open(undecided: Undecided) -> str:
    match undecided:
        case TopicChoice(topics):
            return "Choose with --topic: " + ", ".join(topic.name for topic in topics)
        case PlaceChoice(territories):
            return "Choose with --territory: " + ", ".join(place.name for place in territories)
        case _:
            return "The hosts no longer offer this work at this place."


def _named(model: type[WorkTypeGroup | Territory], name: str) -> WorkTypeGroup | Territory:
    try:
        found: WorkTypeGroup | Territory = model._default_manager.get(name=name)
    except model.DoesNotExist as error:
        kind = model._meta.verbose_name
        raise CommandError(f"There is no {kind} named “{name}”.") from error
    return found


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("--explain takes an instant like 2026-11-23T09:00:00Z.") from error
    if instant.tzinfo is None:
        raise CommandError("--explain takes an instant with its offset, like …T09:00:00Z.")
    return instant


def _week(text: str) -> Week:
    try:
        return Week.parse(text, settings.WEEK_STARTS_ON)
    except ValueError as error:
        raise CommandError("--week takes a week like 2026-W48.") from error
