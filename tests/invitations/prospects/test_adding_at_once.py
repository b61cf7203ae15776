"""Several people fill a list at the same time: everybody is on it once, and every table counts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from appointments.changes import Author
from invitations.models import InvitationKey, ProspectList, RecipientUpload
from invitations.prospects.adding import Terms
from invitations.prospects.columns import guessed
from invitations.prospects.importing import ImportedError, import_table, keep_table, rows_of
from invitations.prospects.tables import read_pasted
from tests.factories import at
from tests.invitations.prospects.lists import make_list
from tests.invitations.prospects.tables import csv_of, people
from tests.staff import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOW = at("2026-11-20 12:00")
PEOPLE = 4


def upload(prospect_list: ProspectList, start: int) -> RecipientUpload:
    """Thirty people, of whom the first and last are in others' tables as well."""
    rows = read_pasted(csv_of(people(30, start)))
    return keep_table(prospect_list, rows, make_user())


def put(table: RecipientUpload) -> int:
    """How many it added; -1 where it was imported before."""
    terms = Terms(Author(), sees_clients=False, includes_invited=False)
    try:
        found = import_table(table, guessed(rows_of(table)), terms, NOW)
    except ImportedError:
        return -1
    return len(found.prospects)


def at_once(work: list[Callable[[], int]]) -> list[int]:
    """What all of them return, begun in the same instant."""
    start = Barrier(len(work))

    def each(task: Callable[[], int]) -> int:
        start.wait()
        try:
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(each, work))


def test_tables_that_overlap_add_everybody_once():
    prospect_list = make_list()
    tables = [upload(prospect_list, start=1 + 10 * n) for n in range(PEOPLE)]
    added = at_once([lambda table=table: put(table) for table in tables])
    assert sum(added) == prospect_list.recipients.count() == 30 + 10 * (PEOPLE - 1)
    assert InvitationKey.objects.count() == sum(added) + 1


def test_one_table_that_several_confirm_is_imported_once():
    prospect_list = make_list()
    table = upload(prospect_list, start=1)
    added = at_once([lambda: put(table)] * PEOPLE)
    assert sorted(added) == [-1] * (PEOPLE - 1) + [30]
    assert prospect_list.recipients.count() == 30
