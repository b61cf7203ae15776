"""Bare Django pages: as many queries, links and bytes as the week page, and nothing else.

One sends the simplest queries there are; the other reads the very rows of the week page. A bare
admin shows the rows of recipients as they stand in their table.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from appointments.models import Assignment
from appointments.openings import question
from appointments.terms import Terms
from invitations.choices import terms_of
from invitations.models import Invitation, InvitationHost, InvitationKey, Recipient
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

shape: dict[str, Any] = {"key": "", "queries": 0, "links": [], "filler": ""}
"""The invitation's key, how many queries it takes, links as (address, words, instant, label), and
text up to the right length."""


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    for model in MODELS[: shape["queries"]]:
        model._default_manager.order_by("pk").first()
    return render(request, "bare.html", shape)


@login_not_required
def bare_with_same_rows(request: HttpRequest) -> HttpResponse:
    key = InvitationKey.objects.for_guest(timezone.now()).get(key=shape["key"])
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    question(terms, timezone.now())
    return render(request, "bare.html", shape)


bare_admin = admin.AdminSite("bare")


@admin.register(Recipient, site=bare_admin)
class BareAdmin(admin.ModelAdmin):
    list_display = ("first_name", "last_name", "email", "phone", "created_at", "prospect_list")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True
