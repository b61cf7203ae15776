"""Whether an invitation respects what clients wish, as staff say and read it (rule A8)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests.clients import browser_of
from tests.factories import (
    at,
    make_client,
    make_hours,
    make_invitation,
    make_preference,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.flows import begin, created, send, step_url
from tests.invitations.pages import starts, text
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
INLINES = ("hosts", "keys", "events")


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def anna(office):
    make_topic(make_work_type(office))
    return make_resource(office)


@pytest.fixture
def administrator():
    return signed_in(make_administrator())


@pytest.fixture
def gerda():
    """Who can be met from four to five."""
    hours = make_hours(times=[(dt.time(16), dt.time(17))])
    return make_client(verified_at=NOW, visiting_hours=hours)


def for_gerda(administrator, anna, gerda):
    """A draft for her that respects what she wishes; its preview."""
    url = begin(administrator, resource=anna.pk, client=gerda.pk)
    send(administrator, step_url(url, "limits"), respects_wishes="on")
    return step_url(url, "preview")


def test_without_a_word_an_invitation_ignores_them(administrator, anna):
    url = begin(administrator, resource=anna.pk)
    assert created(administrator.post(step_url(url, "create"))).respects_wishes is False


def test_the_flow_asks_and_says_so_and_one_like_it_does_the_same(administrator, anna):
    url = step_url(begin(administrator, resource=anna.pk), "limits")
    following = send(administrator, url, respects_wishes="on").url
    assert "visiting hours and preferences count" in text(administrator.get(following))
    invitation = created(administrator.post(step_url(url, "create")))
    link = reverse("admin:invitations_invitation_link", args=[invitation.pk])
    assert "their visiting hours and preferences count" in text(administrator.get(link))
    alike = begin(administrator, like=invitation.pk)
    assert created(administrator.post(step_url(alike, "create"))).respects_wishes is True


def test_what_was_ticked_can_be_unticked(administrator, anna):
    url = step_url(begin(administrator, resource=anna.pk), "limits")
    send(administrator, url, respects_wishes="on")
    send(administrator, url, respects_wishes=None)
    assert created(administrator.post(step_url(url, "create"))).respects_wishes is False


def test_preview_and_count_are_those_of_the_client(administrator, anna, gerda):
    response = administrator.get(for_gerda(administrator, anna, gerda) + "?week=2026-W48")
    assert [start[11:16] for start in starts(response)] == ["15:00", "15:30"] * 5
    weeks = response.context["outlook"].capacity.weeks
    assert [week.count for week in weeks][:3] == [2, 10, 10]


@pytest.mark.parametrize("wish", ["hours", "host"])
def test_staff_are_told_which_wish_leaves_no_time(administrator, anna, gerda, wish):
    if wish == "host":
        make_preference(gerda, anna, "excluded")
    else:
        gerda.visiting_hours.time_slots.all().delete()
    response = administrator.get(for_gerda(administrator, anna, gerda))
    advice = response.context["outlook"].advice[0]
    words = {"hours": "see their visiting hours", "host": "preferences exclude the hosts"}
    assert words[wish] in str(advice.words)
    assert administrator.get(advice.url).context["original"] == gerda
    assert "No free times at the moment" in text(response)


def test_it_is_changed_later_with_a_trace(administrator, anna, office):
    invitation = make_invitation(anna, territory=office).invitation
    page = reverse("admin:invitations_invitation_change", args=[invitation.pk])
    form = administrator.get(page).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    kinds = [f"{name}-{kind}_FORMS" for name in INLINES for kind in ("TOTAL", "INITIAL")]
    administrator.post(page, {**dict.fromkeys(kinds, 0), **sent, "respects_wishes": "on"})
    invitation.refresh_from_db()
    assert invitation.respects_wishes is True
    assert invitation.events.get().details == {"respects_wishes": ["False", "True"]}
    changed = text(administrator.get(page))
    assert "Respect visiting hours and preferences: no → yes" in changed


def test_whoever_signs_in_is_offered_what_they_wish(client, anna, office, gerda):
    key = make_invitation(anna, territory=office, respects_wishes=True)
    week = f"/invite/{key.key}/2026-W48/"
    assert len(starts(client.get(week))) == 80
    assert len(starts(browser_of(gerda).get(week))) == 10
