"""Says what is wrong with the data, if anything."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from invitations.integrity import CHECKS


class Command(BaseCommand):
    help = "Check that nothing overlaps, no guard or message is missing. Exits 0 if all is well."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        for check in CHECKS:
            if self.stderr.isatty():
                self.stderr.write(f"{check.__name__.replace('_', ' ')} …")
            for problem in check():
                problems += 1
                self.stdout.write(problem)
        if problems:
            sys.exit(1)
