"""The log-in of an address is one, also if two people ask for it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import connections

from config.sign_in.log_ins import new_log_in


def in_a_thread(email: str) -> int:
    try:
        return new_log_in(email).pk
    finally:
        connections.close_all()


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_first_sign_ins_at_the_same_instant_make_one_log_in():
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(in_a_thread, ["gerda@example.com", "Gerda@Example.com"] * 4))
    user = User.objects.get()
    assert made == {user.pk}
    assert EmailAddress.objects.get().user == user
    assert not user.has_usable_password()
