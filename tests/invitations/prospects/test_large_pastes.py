"""More than is read at once: said where it was pasted, and nothing comes of it."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from invitations.models import RecipientUpload
from invitations.prospects.tables import MOST_ROWS
from tests.invitations.pages import text
from tests.invitations.prospects.lists import make_list
from tests.invitations.prospects.tables import csv_of, people
from tests.staff import make_administrator, make_user

pytestmark = [pytest.mark.django_db]

TOO_MUCH = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
SAID = "This is too much to paste. Please choose it as a file, or paste a part of it."


@pytest.fixture
def page() -> str:
    return reverse("admin:invitations_prospectlist_upload", args=[make_list().pk])


def strict(user) -> Client:
    """Also forms of other sites are told apart, as they are by browsers."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.get(reverse("admin:index"))  # gives the cookie that goes with forms
    return client


def test_too_much_to_paste_leads_back_to_the_form_and_says_so(page):
    response = strict(make_administrator()).post(page, {"pasted": TOO_MUCH}, follow=True)
    assert response.redirect_chain == [(page, 302)]
    assert SAID in text(response)
    assert "Up to 2 MB." in text(response)
    assert RecipientUpload.objects.count() == 0


def test_a_full_list_of_people_can_be_pasted(page):
    client = Client()
    client.force_login(make_administrator())
    response = client.post(page, {"pasted": csv_of(people(MOST_ROWS))})
    assert response["Location"].startswith(page)


def test_a_stranger_learns_no_more_of_a_list_by_too_much(page):
    response = strict(make_user()).post(page, {"pasted": TOO_MUCH}, follow=True)
    assert response.status_code == 404


def test_on_other_pages_it_cannot_be_read():
    page = reverse("admin:index")
    response = strict(make_administrator()).post(page, {"pasted": TOO_MUCH})
    assert response.status_code == 400
    assert "This request could not be read" in text(response)
