"""Somebody corrects an address while others fill the list, or change the same recipient."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse

from invitations.admin.prospect_recipients import CorrectionForm
from invitations.models import ProspectList, Recipient
from tests.factories import make_client
from tests.invitations.pages import text
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

MOMENT = 1
"""Long enough, in seconds, for a page to come to where it waits for a lock."""


def page_of(recipient: Recipient) -> str:
    return reverse("admin:invitations_recipient_change", args=[recipient.pk])


def typed(recipient: Recipient, **changes: str) -> dict[str, str]:
    names = ("first_name", "last_name", "email", "phone")
    return {**{name: getattr(recipient, name) for name in names}, **changes}


def test_an_address_that_is_added_meanwhile_is_refused_kindly():
    prospect_list = make_list()
    recipient = make_recipient(prospect_list)
    user = signed_in(make_administrator())
    user.get(page_of(recipient))  # the first page takes longer

    def correct() -> Any:
        try:
            return user.post(page_of(recipient), typed(recipient, email="new@example.com"))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            ProspectList.lock(prospect_list.pk)
            make_recipient(prospect_list, "New@example.com")
            answer: Future[HttpResponse] = pool.submit(correct)
            with pytest.raises(TimeoutError):
                answer.result(timeout=MOMENT)
        page = answer.result()
    assert page.status_code == 200
    assert "This address is on the list already." in text(page)
    recipient.refresh_from_db()
    assert recipient.email == "petra@example.com"


def test_a_correction_writes_what_was_typed_and_nothing_else():
    recipient = make_recipient(make_list())
    client = make_client()
    valid = CorrectionForm.is_valid

    def chosen_meanwhile(form: CorrectionForm) -> bool:
        Recipient.objects.filter(pk=recipient.pk).update(client=client)
        return valid(form)

    with patch.object(CorrectionForm, "is_valid", chosen_meanwhile):
        user = signed_in(make_administrator())
        assert user.post(page_of(recipient), typed(recipient, phone="1")).status_code == 302
    recipient.refresh_from_db()
    assert (recipient.phone, recipient.client) == ("1", client)
