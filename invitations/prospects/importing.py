"""Tables of prospects: kept until they are confirmed, then put on their list once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User

from appointments.chores import chore
from appointments.locks import waiting_for_locks
from invitations.models import ProspectList, RecipientUpload
from invitations.prospects.adding import Terms, write
from invitations.prospects.columns import Matching
from invitations.prospects.review import Review, known_about, review
from invitations.prospects.tables import Row


class ImportedError(Exception):
    """The table was imported or thrown away already."""


def keep_table(prospect_list: ProspectList, rows: Sequence[Row], user: User) -> RecipientUpload:
    """Keep a table until its import is confirmed, a day at most."""
    return RecipientUpload.objects.create(prospect_list=prospect_list, rows=rows, created_by=user)


@chore
def forget_outdated(now: datetime) -> None:
    """Delete the tables that were not imported within a day."""
    RecipientUpload.objects.outdated(now).delete()


def rows_of(upload: RecipientUpload) -> list[Row]:
    return [Row(number, tuple(cells)) for number, cells in upload.rows]


def look_over(upload: RecipientUpload, matching: Matching, terms: Terms, now: datetime) -> Review:
    """What importing a table would come to; nothing is written."""
    known = known_about(upload.prospect_list, sees_clients=terms.sees_clients, now=now)
    return review(rows_of(upload), matching, known, includes_invited=terms.includes_invited)


@waiting_for_locks()
def import_table(
    upload: RecipientUpload, matching: Matching, terms: Terms, now: datetime
) -> Review:
    """Add whom a table names, by the review that was shown, made again with fresh rows.

    Raises ImportedError for a second time, and TooBusyError; nothing is written then.
    """
    prospect_list = ProspectList.lock(upload.prospect_list_id)
    gone, _ = RecipientUpload.objects.filter(pk=upload.pk).delete()
    if not gone:
        raise ImportedError
    found = look_over(upload, matching, terms, now)
    write(prospect_list, found.prospects, terms.author)
    return found
