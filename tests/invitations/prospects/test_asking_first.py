"""The pages that ask before something is done to a list say what is so now, and lead back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests.invitations.pages import links, text
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


def test_withdrawing_leads_back_to_the_list_and_is_drawn_like_its_other_pages():
    recipient = make_recipient(make_list())
    page = reverse("admin:invitations_prospectlist_recipients", args=[recipient.prospect_list_id])
    sent = {"action": "withdraw", "_selected_action": [recipient.pk]}
    shown = signed_in(make_administrator()).post(page, sent)
    assert page in links(shown)
    assert "admin-site/prospects.css" in text(shown)


def test_withdrawing_on_the_page_of_all_recipients_names_no_list():
    recipient = make_recipient(make_list(name="Autumn"))
    sent = {"action": "withdraw", "_selected_action": [recipient.pk]}
    everybody = reverse("admin:invitations_recipient_changelist")
    shown = signed_in(make_administrator()).post(everybody, sent)
    assert shown.status_code == 200
    assert "Autumn" not in text(shown)


def test_extending_begins_with_the_present_last_day():
    prospect_list = make_list(invitation={"until_date": dt.date(2026, 12, 30)})
    page = reverse("admin:invitations_prospectlist_extend", args=[prospect_list.pk])
    shown = signed_in(make_administrator()).get(page)
    assert 'value="2026-12-30"' in text(shown)
