"""Makes an invitation and prints its URL."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model, QuerySet
from django.utils import timezone

from invitations.generate import Criteria, ImpossibleCriteriaError, generate
from invitations.keys import invitation_url
from scheduling.access import Act, reach_of
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup

Row = TypeVar("Row", bound=Model)


class Command(BaseCommand):
    help = "Make an invitation and print its URL, alone, on standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--resource",
            action="append",
            required=True,
            metavar="NAME|EMAIL",
            help="a host, the primary one first; all of them take part, or with --any one",
        )
        parser.add_argument("--any", dest="any_host", action="store_true")
        parser.add_argument(
            "--optional",
            action="append",
            default=[],
            metavar="NAME|EMAIL",
            help="somebody who is invited beside, whether free or not",
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--topic", metavar="NAME")
        what.add_argument("--work-type", metavar="NAME")
        parser.add_argument("--territory", metavar="NAME")
        parser.add_argument("--from", dest="from_date", type=_date, metavar="DATE")
        parser.add_argument("--until", dest="until_date", type=_date, metavar="DATE")
        parser.add_argument("--expires", dest="expiry_date", type=_date, metavar="DATE")
        parser.add_argument("--max-bookings", type=_positive, metavar="N")
        parser.add_argument("--as", dest="username", metavar="USER", help="who makes it")

    def handle(self, *args: Any, **options: Any) -> None:
        criteria = _criteria(options)
        everybody = (*criteria.hosts, *criteria.optional)
        user = _user(options["username"], everybody) if options["username"] else None
        now = timezone.now()
        try:
            key = generate(
                criteria,
                created_by=user,
                on_behalf_of=reach_of(user, now).acting_for(criteria.hosts) if user else None,
                today=now.astimezone(criteria.time_zone).date(),
            )
        except ImpossibleCriteriaError as error:
            raise CommandError(error.message) from error
        self.stdout.write(invitation_url(key))


def _criteria(options: dict[str, Any]) -> Criteria:
    resources = ServiceResource.objects.all()
    return Criteria(
        hosts=tuple(_one(resources.named(name), name) for name in options["resource"]),
        optional=tuple(_one(resources.named(name), name) for name in options["optional"]),
        any_host=options["any_host"],
        topic=_named(WorkTypeGroup.objects.all(), options["topic"]),
        work_type=_named(WorkType.objects.all(), options["work_type"]),
        territory=_named(Territory.objects.select_related("operating_hours"), options["territory"]),
        from_date=options["from_date"],
        until_date=options["until_date"],
        expiry_date=options["expiry_date"],
        max_bookings=options["max_bookings"],
    )


def _user(username: str, hosts: tuple[ServiceResource, ...]) -> User:
    user = _one(User.objects.filter(username=username), username)
    reach = reach_of(user, timezone.now())
    for host in hosts:
        if not reach.may(Act.GENERATE, host):
            raise CommandError(f"{username} may not generate invitations for {host}.")
    return user


def _named(rows: QuerySet[Row], name: str | None) -> Row | None:
    return None if name is None else _one(rows.filter(name=name), name)


def _one(rows: QuerySet[Row], name: str) -> Row:
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    kind = rows.model._meta.verbose_name
    problem = "There is no" if not found else "There is more than one"
    raise CommandError(f"{problem} {kind} “{name}”.")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no date like 2026-11-23") from error


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"“{text}” is not 1 or more")
    return int(text)
