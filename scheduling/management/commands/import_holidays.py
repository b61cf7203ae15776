"""Adds the public holidays of a country to operating hours."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scheduling.models import OperatingHours
from scheduling.public_holidays import UnknownCountryError, add_missing, public_holidays


class Command(BaseCommand):
    help = "Add public holidays to operating hours. Dates that are holidays already are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("hours", metavar="HOURS", help="the name of the operating hours")
        parser.add_argument("country", metavar="COUNTRY", help="its code, like DE")
        parser.add_argument("--region", default="", help="its code, like BY")
        parser.add_argument(
            "--years", nargs="+", type=int, metavar="Y", help="this and the next one without"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        hours = OperatingHours.objects.filter(name=options["hours"]).first()
        if hours is None:
            raise CommandError(f"There are no operating hours “{options['hours']}”.")
        this_year = timezone.now().astimezone(hours.time_zone).year
        years = options["years"] or [this_year, this_year + 1]
        country, region = options["country"], options["region"]
        try:
            found = public_holidays(country, region, years, settings.LANGUAGE_CODE)
        except UnknownCountryError as error:
            place = f"{country}, {region}" if region else country
            raise CommandError(f"The public holidays of {place} are not known.") from error
        for each in (new := add_missing(hours, found)):
            self.stdout.write(f"{each.date} {each.name}")
        self.stderr.write(f"{len(new)} added, {len(found) - len(new)} there already")
