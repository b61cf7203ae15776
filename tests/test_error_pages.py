"""The pages for what goes wrong keep their look also where nothing else works."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.template.loader import render_to_string
from django.views import defaults

from tests.staff import make_user


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


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["403.html", "404.html"])
def test_staff_are_led_back_to_the_admin(rf, name):
    request = rf.get("/admin/")
    request.user = make_user(is_staff=True)
    page = render_to_string(name, request=request)
    assert page.count("<h1>") == 1
    assert 'href="/admin/"' in page
    assert 'href="/invite/"' not in page
