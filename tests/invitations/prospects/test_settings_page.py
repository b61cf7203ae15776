"""What changing a list's settings does to letters that wait."""

from __future__ import annotations

import datetime as dt
from unittest.mock import patch

import pytest
from django.contrib.admin import site
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import reverse

from invitations.models import ProspectList
from invitations.prospects import sending
from tests.invitations.pages import text
from tests.invitations.prospects.lists import letters, make_list, make_recipients
from tests.staff import make_scheduling_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_another_pace_counts_at_once_for_what_waits(friday):
    prospect_list = make_list(per_minute=1)
    recipients = make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=friday)
    page = reverse("admin:invitations_prospectlist_change", args=[prospect_list.pk])
    fields = {"name": "Autumn", "subject": "", "message": "", "nudges": 0, "nudge_days": 7}
    response = signed_in(make_scheduling_administrator()).post(page, {**fields, "per_minute": 60})
    assert response.status_code == 302
    due = [message.not_before for message in letters(*recipients)]
    assert due == [friday, friday + dt.timedelta(seconds=1)]


def test_settings_saved_while_somebody_sends_leave_that_as_it_is(friday):
    prospect_list = make_list()
    make_recipients(prospect_list, 1)
    admin = site.get_model_admin(ProspectList)
    form_class = admin.get_form(HttpRequest(), fields=["name"])
    form = form_class({"name": "Winter"}, instance=ProspectList.objects.get())
    assert form.is_valid()
    sending.send(prospect_list.pk, now=friday)
    admin.save_model(HttpRequest(), form.save(commit=False), form, change=True)
    prospect_list.refresh_from_db()
    assert (prospect_list.name, prospect_list.started_at) == ("Winter", friday)


def test_where_others_hold_the_list_for_long_the_page_says_so(friday):
    prospect_list = make_list()
    page = reverse("admin:invitations_prospectlist_change", args=[prospect_list.pk])
    fields = {"name": "Winter", "per_minute": 5, "nudges": 0, "nudge_days": 7}
    user = signed_in(make_scheduling_administrator())
    with patch.object(ProspectList, "lock", side_effect=OperationalError("database is locked")):
        shown = user.post(page, fields)
    assert "Others are changing the same." in text(shown)
    assert 'value="Winter"' in text(shown)
    prospect_list.refresh_from_db()
    assert prospect_list.name == "Autumn"
