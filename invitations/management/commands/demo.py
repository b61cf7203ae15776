"""Loads the demo and prints how to get in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from appointments.links import absolute_url
from invitations import demo
from invitations.keys import invitation_url


class Command(BaseCommand):
    help = "Load a wealth-management office to play with, once. For development only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo's log-ins are known to everybody; it needs DEBUG=true.")
        loaded = demo.load(timezone.localdate())
        self.stdout.write(f"\nAdministration: {absolute_url('/admin/')}")
        for username, who in loaded.log_ins:
            self.stdout.write(f"  {username:<6} {demo.PASSWORD}   {who}")
        if loaded.client:
            self.stdout.write(f"My appointments: {absolute_url(reverse('my_appointments'))}")
            self.stdout.write(f"  {loaded.client.email}   {loaded.client}, by a code from a mail")
        self.stdout.write(f"Mails sent: {absolute_url('/outbox/')}")
        if loaded.embedded:
            self.stdout.write(f"On a customer's website: {invitation_url(loaded.embedded)}")
        self.stdout.write(f"\nAn invitation to open: {invitation_url(loaded.invitation)}\n")
