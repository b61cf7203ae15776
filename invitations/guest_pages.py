"""What a guest sees on opening an invitation: the one function behind page and preview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings

from appointments.openings import question
from appointments.signed_in import NOBODY, Visitor
from appointments.terms import Terms
from appointments.weeks import Week
from invitations.access import office_of
from invitations.caps import capped
from invitations.choices import PlaceChoice, TopicChoice, Undecided, terms_of
from invitations.emptiness import Empty, why_nothing
from invitations.models import InvitationKey
from invitations.visit import Visit, client_at
from invitations.week import Urls, week_page
from scheduling.engine.intervals import minute_of
from scheduling.models import ServiceResource


class GuestPage(NamedTuple):
    """A template with its context."""

    template: str
    context: dict[str, Any]


def guest_page(
    key: InvitationKey,
    hosts: tuple[ServiceResource, ...],
    query: Mapping[str, str],
    week: Week | None,
    now: datetime,
    urls: Urls | None = None,
    visitor: Visitor = NOBODY,
) -> GuestPage:
    """The week page at an aware instant, or what has to be chosen first, or that nothing is free.

    ``query`` holds what the guest chose: ``tz``, ``topic``, ``place``. Without a week, it is the
    first with openings. ``urls`` are where the page leads, if not to the pages of the key.
    ``visitor`` is who opened it.
    """
    terms = terms_of(key.invitation, query, hosts, client_at(key, visitor))
    if not isinstance(terms, Terms):
        return choice_page(key, hosts, terms)
    visit = Visit.of(key, terms, query)
    asked = question(capped(key.invitation, terms, now), now)
    page = week_page(
        asked,
        week,
        visit.clocks,
        starts_on=settings.WEEK_STARTS_ON,
        urls=urls or visit.urls,
    )
    if page is None:
        return _nothing_free(key, hosts, why_nothing(asked))
    clocks = visit.clocks.now(minute_of(now))
    context = {"visit": visit, "page": page, "clocks": clocks}
    return GuestPage("invitations/week.html", context)


def choice_page(
    key: InvitationKey, hosts: tuple[ServiceResource, ...], undecided: Undecided
) -> GuestPage:
    """What the invitation leaves to the guest: a topic, then a place."""
    context = {"key": key, "hosts": hosts}
    match undecided:
        case TopicChoice(topics):
            return GuestPage("invitations/topics.html", {**context, "topics": topics})
        case PlaceChoice(places):
            return GuestPage("invitations/places.html", {**context, "places": places})
        case _:
            return _nothing_free(key, hosts)


def _nothing_free(
    key: InvitationKey, hosts: tuple[ServiceResource, ...], empty: Empty = Empty.NOTHING_FREE
) -> GuestPage:
    """The link works, but no time is free under it now."""
    context = {"contact": office_of(key, hosts), "empty": empty}
    return GuestPage("invitations/nothing_free.html", context)
