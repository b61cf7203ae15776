"""Rule L1: no key of a link is ever written to a log."""

from __future__ import annotations

import logging

import pytest

from tests.factories import make_invitation


def emit(message, *args):
    """Through the handler as configured, which pytest's own capture leaves alone."""
    record = logging.getLogger("django.request").makeRecord(
        "django.request", logging.WARNING, __file__, 1, message, args, None
    )
    return logging.getLogger("django").handlers[0].format(record)


@pytest.mark.parametrize(
    "path",
    [
        "/invite/{key}/",
        "/invite/{key}/2026-W48/?tz=Asia/Tokyo",
        "/old/{key}/book/",
        "/appointment/{key}/",
        "/appointment/{key}/appointment.ics",
        "/feed/{key}.ics",
        "/unsubscribe/{key}/",
        "/account/password/new/{key}/.",
        "/account/password/new/1-{key}",
        "/invite/?invitationKey={key}",
        "/invite/x/book/?start=2026-11-23T09:00:00Z&prefill={key}.{key}.{key}",
    ],
)
def test_l1_a_key_in_a_path_is_masked(path):
    key = "Zm9vYmFyYmF6cXV4MTIzNDU2"
    line = emit("Not Found: %s", path.format(key=key))
    assert key not in line
    assert "…" in line


@pytest.mark.django_db
def test_l1_the_request_log_names_the_route_and_not_the_key(client, caplog):
    key = make_invitation().key
    with caplog.at_level(logging.INFO):
        client.get(f"/invite/{key}/")
        client.get(f"/invite/?invitationKey={key}")
    requests = [record for record in caplog.records if record.name == "requests"]
    assert len(requests) == 2
    assert not any(key in str(record.msg) for record in requests)
