"""Pages on which a table of prospects is uploaded or pasted, looked over and imported."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments.locks import TOO_BUSY, TooBusyError
from invitations.models import ProspectList, RecipientUpload
from invitations.prospects.columns import guessed, titles
from invitations.prospects.forms import MatchingForm, TableForm
from invitations.prospects.importing import (
    ImportedError,
    import_table,
    keep_table,
    look_over,
    rows_of,
)
from invitations.prospects.review import Reason, Review
from invitations.prospects.tables import Row
from invitations.views.prospects.access import list_for
from invitations.views.prospects.pages import added, page_context, terms_of

MOST_SHOWN = 50
"""Rows of each kind that the page names."""

SAMPLES = 3
PAGES = "admin/invitations/prospects"


@require_http_methods(["GET", "HEAD", "POST"])
def upload_table(request: HttpRequest, prospect_list: int) -> HttpResponse:
    """Take a table, and lead on to what would come of it."""
    found = list_for(request, prospect_list)
    is_sent = request.method == "POST"
    form = TableForm(request.POST, request.FILES) if is_sent else TableForm()
    if form.is_valid():
        kept = keep_table(found, form.rows, cast(User, request.user))
        return redirect("admin:invitations_prospectlist_table", found.pk, kept.pk)
    context = {**page_context(request, found, _("Add a table of people")), "form": form}
    return render(request, f"{PAGES}/upload.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check_table(request: HttpRequest, prospect_list: int, upload: int) -> HttpResponse:
    """What would come of a table by the columns in the address; a POST imports it."""
    found = list_for(request, prospect_list)
    table = found.uploads.filter(pk=upload).first()
    if table is None:
        return _gone(request, found)
    rows = rows_of(table)
    sent = request.POST if request.method == "POST" else request.GET
    form = MatchingForm(sent, guessed(rows))
    if not form.is_valid():
        return _check_page(request, found, form, rows, None)
    if request.method == "POST":
        return _imported(request, found, table, form)
    includes_invited = form.cleaned_data["includes_invited"]
    terms = terms_of(request, found, includes_invited=includes_invited)
    review = look_over(table, form.matching, terms, timezone.now())
    return _check_page(request, found, form, rows, review)


@require_POST
def discard_table(request: HttpRequest, prospect_list: int, upload: int) -> HttpResponse:
    """Forget a table."""
    found = list_for(request, prospect_list)
    get_object_or_404(found.uploads, pk=upload).delete()
    return redirect("admin:invitations_prospectlist_upload", found.pk)


def _imported(
    request: HttpRequest, found: ProspectList, table: RecipientUpload, form: MatchingForm
) -> HttpResponse:
    includes_invited = form.cleaned_data["includes_invited"]
    terms = terms_of(request, found, includes_invited=includes_invited)
    try:
        review = import_table(table, form.matching, terms, timezone.now())
    except ImportedError:
        return _gone(request, found)
    except TooBusyError:
        messages.error(request, TOO_BUSY)
        return redirect("admin:invitations_prospectlist_table", found.pk, table.pk)
    return added(request, found, len(review.prospects))


def _gone(request: HttpRequest, found: ProspectList) -> HttpResponse:
    text = _("This table was imported already, or forgotten after a day. Nothing was added twice.")
    messages.info(request, text)
    return redirect("admin:invitations_prospectlist_recipients", found.pk)


def _check_page(
    request: HttpRequest,
    found: ProspectList,
    form: MatchingForm,
    rows: list[Row],
    review: Review | None,
) -> HttpResponse:
    context = {
        **page_context(request, found, _("Check the table")),
        "form": form,
        "columns": _columns(form, rows),
        "review": review,
        "left_out": _groups(review) if review else (),
        "includes_invited": form["includes_invited"],
        "upload": request.resolver_match and request.resolver_match.kwargs["upload"],
    }
    return render(request, f"{PAGES}/check_table.html", context)


def _columns(form: MatchingForm, rows: list[Row]) -> list[tuple[Any, str, list[str]]]:
    """Each column's field, its title, and what its first rows say."""
    has_headings = bool(form["has_headings"].value())
    shown = rows[has_headings : SAMPLES + has_headings]
    samples = [
        [cell for row in shown for cell in row.cells[index : index + 1] if cell.strip()]
        for index in range(len(form.columns))
    ]
    named = titles(rows, len(samples), has_headings=has_headings)
    return list(zip(form.columns, named, samples, strict=True))


def _groups(review: Review) -> list[dict[str, Any]]:
    """Who is left out, by reason, and how many more there are than the page names."""
    return [
        {
            "reason": Reason(reason).label,
            "number": len(rows),
            "rows": rows[:MOST_SHOWN],
            "more": max(len(rows) - MOST_SHOWN, 0),
        }
        for reason, rows in review.left_out.items()
        if rows
    ]
