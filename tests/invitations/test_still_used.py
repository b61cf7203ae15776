"""What invitations need is not deleted; the page says what needs it, not that somebody may not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from scheduling.templatetags.still_used import Kind, by_kind
from tests.invitations.pages import text
from tests.invitations.prospects.lists import make_list
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize("name", ["work_type", "territory", "resource"])
def test_what_is_in_use_is_said_to_be(name):
    invitation = make_list().invitation
    resource = invitation.hosts.get().service_resource
    used = resource if name == "resource" else getattr(invitation, name)
    page = reverse(f"admin:{used._meta.label_lower.replace('.', '_')}_delete", args=[used.pk])
    user = signed_in(make_administrator())
    for response in (user.get(page), user.post(page, {"post": "yes"})):
        said = text(response)
        assert f"“{used}” is in use, so it stays. This needs it:" in said
        assert "permission" not in said
    used.refresh_from_db()


def test_so_it_is_of_several():
    territory = make_list().invitation.territory
    page = reverse("admin:scheduling_territory_changelist")
    sent = {"action": "delete_selected", "_selected_action": [territory.pk]}
    said = text(signed_in(make_administrator()).post(page, sent))
    assert "Some of them are in use, so nothing was deleted. This needs them:" in said
    assert "permission" not in said
    territory.refresh_from_db()


def test_lines_that_are_the_same_are_said_once_and_no_more_than_ten_of_a_kind():
    rows = ["Mark: Sent"] * 120 + [f"Host: {n:02}" for n in range(12)] + ["Host: 11"]
    hosts, marks = by_kind(rows)
    assert marks == Kind([("Mark: Sent", 120)])
    assert hosts == Kind([(f"Host: {n:02}", 1) for n in range(10)], more=3)
