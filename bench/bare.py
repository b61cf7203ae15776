"""A bare Django page: as many queries, links and bytes as the week page, and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from appointments.models import Assignment
from invitations.models import Invitation, InvitationHost, InvitationKey
from scheduling.models import Absence, Holiday, Membership, OperatingHours, TimeSlot, WorkType

MODELS: list[type[Model]] = [
    InvitationKey,
    InvitationHost,
    WorkType,
    Membership,
    OperatingHours,
    Holiday,
    Absence,
    Assignment,
    Invitation,
    TimeSlot,
]

shape: dict[str, Any] = {"queries": 0, "links": [], "filler": ""}
"""How many queries, links as (address, words, instant, label), and text up to the right length."""


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    for model in MODELS[: shape["queries"]]:
        model._default_manager.order_by("pk").first()
    return render(request, "bare.html", shape)
