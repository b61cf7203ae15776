"""Files of recipients: whole, in the list's zone, and never a formula."""

from __future__ import annotations

import csv
import io
from zipfile import ZipFile

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from appointments.cells import FORMULAS, safe
from appointments.models import OutboxMessage
from invitations.models import Letter
from tests.factories import at
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WICKED = ["=1+1", "+49 30 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://evil")']
WICKED += ["＝1+1", "＋1", "－1", "＠SUM(A1)", "=cmd|' /C calc'!A0", " =1"]


def file_of(prospect_list, kind: str) -> bytes:
    address = reverse("admin:invitations_prospectlist_export", args=[prospect_list.pk, kind])
    response = signed_in(make_administrator()).get(address)
    assert response.status_code == 200
    return response.content


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_file_says_who_they_are_and_when_what_happened():
    prospect_list = make_list()
    recipient = make_recipient(prospect_list, "ümit@example.com", first_name="Ümit")
    sent = at("2026-11-23 10:00")
    OutboxMessage.objects.create(
        kind=Letter.FIRST, object_id=recipient.pk, not_before=sent, result="sent", finished_at=sent
    )
    (row,) = csv_rows(file_of(prospect_list, "csv"))
    assert (row["First name"], row["E-mail address"]) == ("Ümit", "ümit@example.com")
    assert (row["State"], row["Sent"], row["Booked"]) == ("Sent", "2026-11-23 10:00", "")


def test_a_spreadsheet_is_told_that_it_reads_utf_8():
    assert file_of(make_list(), "csv").startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("wicked", WICKED)
def test_what_looks_like_a_formula_is_text_in_both_files(wicked):
    prospect_list = make_list()
    make_recipient(prospect_list, first_name=wicked, last_name="Ok")
    (row,) = csv_rows(file_of(prospect_list, "csv"))
    assert row["First name"][0] == "'"
    assert row["First name"].lstrip("'").strip() == wicked.strip()
    content = file_of(prospect_list, "xlsx")
    cell = load_workbook(io.BytesIO(content)).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")
    sheet = ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_characters_that_no_sheet_can_hold_stop_no_file():
    prospect_list = make_list()
    make_recipient(prospect_list, first_name="A\x0bB")
    sheet = load_workbook(io.BytesIO(file_of(prospect_list, "xlsx"))).active
    assert sheet["A2"].value == "A B"


@given(st.text())
def test_no_cell_begins_like_a_formula(text):
    assert not safe(text).startswith(FORMULAS)


@given(st.text())
def test_a_cell_made_safe_twice_is_that_made_safe_once(text):
    assert safe(safe(text)) == safe(text)


def test_other_kinds_of_files_are_unknown():
    address = reverse("admin:invitations_prospectlist_export", args=[make_list().pk, "pdf"])
    assert signed_in(make_administrator()).get(address).status_code == 404


def test_chosen_recipients_alone_are_saved():
    prospect_list = make_list()
    first = make_recipient(prospect_list, "first@example.com")
    make_recipient(prospect_list, "second@example.com")
    page = reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])
    sent = {"action": "as_csv", "_selected_action": [first.pk]}
    response = signed_in(make_administrator()).post(page, sent)
    assert [row["E-mail address"] for row in csv_rows(response.content)] == ["first@example.com"]
