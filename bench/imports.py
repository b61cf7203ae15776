"""A table of 10,000 prospects onto a list: ``python -m bench.imports csv|xlsx``.

Reads it as it is uploaded, looks it over and imports it, by the functions behind the pages; beside
that, the same rows are written bare. Runs on ``DATABASE_URL``; prints JSON: seconds, megabytes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from io import BytesIO

import django
from openpyxl import Workbook

if __name__ == "__main__":
    django.setup()

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from appointments.changes import Author
from appointments.models import new_key
from invitations.models import InvitationKey, ProspectList, Recipient
from invitations.prospects.adding import Terms
from invitations.prospects.columns import guessed
from invitations.prospects.files import read_file
from invitations.prospects.importing import import_table, keep_table, look_over
from tests.factories import make_invitation

NUMBER = 10_000
HEADINGS = ("First name", "Last name", "E-mail", "Phone")


def main(kind: str) -> None:
    content = file_of(kind)
    user = User.objects.create_user("carla")
    ours, bare = make_list(), make_list()
    before = megabytes()
    seconds = timed(lambda: put(content, ours, user))
    memory = megabytes() - before
    print(json.dumps({"ours": seconds, "memory": memory, "bare": timed(lambda: insert(bare))}))
    assert Recipient.objects.filter(prospect_list=ours).count() == NUMBER


def make_list() -> ProspectList:
    return ProspectList.objects.create(invitation=make_invitation().invitation, name="Autumn")


def put(content: bytes, prospect_list: ProspectList, user: User) -> None:
    now = timezone.now()
    rows = read_file(BytesIO(content))
    table = keep_table(prospect_list, rows, user)
    terms = Terms(Author(user), sees_clients=True, includes_invited=False)
    look_over(table, guessed(rows), terms, now)
    import_table(table, guessed(rows), terms, now)


def insert(prospect_list: ProspectList) -> None:
    """The same keys and recipients as the database takes them, in two calls."""
    invitation, now = prospect_list.invitation_id, timezone.now()
    keys = f"INSERT INTO {InvitationKey._meta.db_table} (invitation_id, key, is_second, created_at)"
    people = (
        f"INSERT INTO {Recipient._meta.db_table} (prospect_list_id, key_id, first_name, last_name,"
        " email, phone, unsubscribe_key, created_at)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        rows = [(invitation, new_key(), False, now) for _ in range(NUMBER)]
        cursor.executemany(f"{keys} VALUES (%s, %s, %s, %s)", rows)
        cursor.execute(f"SELECT max(id) FROM {InvitationKey._meta.db_table}")
        last = cursor.fetchone()[0]
        rows = [
            (prospect_list.pk, last - number, *person, new_key(), now)
            for number, person in enumerate(people_of())
        ]
        cursor.executemany(f"{people} VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)


def people_of() -> list[tuple[str, str, str, str]]:
    return [("Paula", f"P {n}", f"paula{n}@example.com", f"030 {n}") for n in range(NUMBER)]


def file_of(kind: str) -> bytes:
    rows = [HEADINGS, *people_of()]
    if kind == "csv":
        return "".join(",".join(row) + "\r\n" for row in rows).encode()
    book, file = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def megabytes() -> float:
    """The most memory that this process ever had, and one that it started."""
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(each).ru_maxrss for each in processes) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
