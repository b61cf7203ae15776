"""The pages for what goes wrong keep their look also where nothing else works."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.views import defaults


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda request: defaults.bad_request(request, SuspiciousOperation()), 400),
        (lambda request: defaults.permission_denied(request, PermissionDenied()), 403),
        (lambda request: defaults.page_not_found(request, Http404()), 404),
        (defaults.server_error, 500),
    ],
    ids=["bad request", "forbidden", "not found", "error"],
)
def test_a_page_says_what_went_wrong_and_where_to_go(rf, answer, status):
    response = answer(rf.get("/invite/"))
    page = response.content.decode()
    assert response.status_code == status
    assert page.count("<h1>") == 1
    assert 'href="/invite/"' in page
