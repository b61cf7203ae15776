"""For whom an invitation is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may see and book what a link offers, beside having the link."""

    ANYONE = "anyone", _("Anyone with the link")
    CLIENTS = "clients", _("Signed-in clients")
    RECIPIENT = "recipient", _("The client of the link only")
