"""A list, and its host at the browser."""

from __future__ import annotations

import pytest
from django.test import Client

from invitations.models import ProspectList
from tests.invitations.prospects.adding_pages import host_of
from tests.invitations.prospects.lists import make_list
from tests.staff import own_user, signed_in


@pytest.fixture
def prospect_list() -> ProspectList:
    return make_list()


@pytest.fixture
def user(prospect_list) -> Client:
    """The host's own."""
    return signed_in(own_user(host_of(prospect_list)))
