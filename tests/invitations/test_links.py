"""Rules L1 to L8: what a link promises."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.urls import get_resolver

from appointments.changes import set_status
from appointments.models import Client, Status
from invitations.models import InvitationKey
from tests.factories import at, make_appointment, make_invitation, make_resource
from tests.invitations.pages import DETAILS, hidden_fields, open_form, starts, text

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]


def url_of(key):
    return f"/invite/{key.key}/"


def book_first(client, key):
    start = starts(client.get(url_of(key)))[0]
    return client.post(url_of(key) + "book/", open_form(client, url_of(key), start))


def test_l1_keys_are_long_random_and_their_own_rows():
    keys = {make_invitation().key for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 22 for key in keys)  # 128 bits in base 64


def test_l1_a_key_in_the_query_leads_to_its_path(client):
    key = make_invitation().key
    response = client.get(f"/invite/?invitationKey={key}")
    assert (response.status_code, response["Location"]) == (302, f"/invite/{key}/")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("below", ["", "cancel/", "?said=details"])
def test_the_link_of_an_appointment_leads_to_its_page(client, below):
    own_page = make_appointment(make_resource(), at("2026-11-24 10:00")).get_absolute_url()
    typed = f"https://book.bank.test{own_page}{below}"
    response = client.get("/invite/", {"invitationKey": typed})
    assert (response.status_code, response["Location"]) == (302, own_page)
    assert client.get(own_page).status_code == 200


def test_l1_a_former_prefix_redirects_and_keeps_method_and_query(client):
    key = make_invitation().key
    response = client.get(f"/old/{key}/2026-W48/?tz=Asia/Tokyo")
    assert response.status_code == 308
    assert response["Location"] == f"/invite/{key}/2026-W48/?tz=Asia/Tokyo"
    assert client.post(f"/old/{key}/book/").status_code == 308


def test_l3_unknown_and_malformed_keys_look_alike(client):
    pages = [client.get(f"/invite/{key}/") for key in ("A" * 32, "x", "A" * 10_000, "%00" * 20)]
    assert {page.status_code for page in pages} == {404}
    assert len({text(page) for page in pages}) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"is_active": False}, 403),
        ({"expiry_date": dt.date(2026, 11, 19)}, 410),
        ({"until_date": dt.date(2026, 11, 19)}, 410),
        ({"expiry_date": dt.date(2026, 11, 20)}, 200),
        ({"from_date": dt.date(2027, 3, 1)}, 200),
        ({"from_date": dt.date(2026, 11, 21), "until_date": dt.date(2026, 11, 22)}, 200),
    ],
)
@pytest.mark.parametrize("page", ["", "2026-W48/", "zone/", "book/?start=2026-11-23T09:00:00Z"])
def test_l3_every_state_has_a_page_of_the_right_status(client, fields, status, page):
    key = make_invitation(**fields)
    response = client.get(url_of(key) + page)
    expected = {200, 409} if status == 200 else {status}
    assert response.status_code in expected
    assert text(response).count("<h1") == 1


def test_l3_the_link_works_to_the_end_of_its_last_day_in_its_own_zone(client):
    key = make_invitation(expiry_date=dt.date(2026, 11, 20), time_zone="Pacific/Auckland")
    with time_machine.travel(at("2026-11-20 23:59", "Pacific/Auckland"), tick=False):
        assert client.get(url_of(key)).status_code == 200
    with time_machine.travel(at("2026-11-21 00:00", "Pacific/Auckland"), tick=False):
        assert client.get(url_of(key)).status_code == 410


def test_l3_a_link_that_closed_while_somebody_typed_gives_their_words_back(client):
    key = make_invitation(questions="Which account?")
    start = starts(client.get(url_of(key)))[0]
    words = {"description": "Bring <the> file", "answer_1": "The second one", "subject": "Tax"}
    data = {**open_form(client, url_of(key), start), **words}
    key.invitation.is_active = False
    key.invitation.save()
    for sent in (data, {**data, "email": "not an address"}):
        response = client.post(url_of(key) + "book/", sent)
        assert response.status_code == 403
        for word in ("Bring &lt;the&gt; file", "The second one", "Tax"):
            assert word in text(response)


def test_l3_used_up_and_free_again_after_a_cancellation(client):
    key = make_invitation(max_bookings=1)
    assert book_first(client, key).status_code == 303
    assert client.get(url_of(key)).status_code == 410
    set_status(key.invitation.bookings.get().appointment_id, Status.CANCELLED)
    assert client.get(url_of(key)).status_code == 200


def test_l3_closed_pages_name_no_person(client):
    key = make_invitation(is_active=False, message="Dear Mrs Keller")
    host = key.invitation.hosts.get().service_resource
    page = text(client.get(url_of(key)))
    assert host.name not in page
    assert "Keller" not in page


def test_l4_no_link_is_built_from_the_requests_host(client):
    key = make_invitation()
    assert "evil.example" not in text(client.get(url_of(key), headers={"host": "evil.example"}))


def test_l5_key_pages_are_kept_by_nobody_and_named_nowhere(client):
    key = make_invitation()
    closed = make_invitation(is_active=False)
    confirmation = book_first(client, key)["Location"]
    for page in (url_of(key), url_of(closed), confirmation, confirmation + "appointment.ics"):
        response = client.get(page)
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_l6_a_guest_needs_and_gets_no_cookie():
    from django.test import Client as Browser

    browser = Browser(enforce_csrf_checks=True)
    key = make_invitation()
    assert book_first(browser, key).status_code == 303
    assert not browser.cookies


def test_l6_a_form_without_its_token_books_nothing_and_keeps_what_was_typed(client):
    key = make_invitation()
    start = starts(client.get(url_of(key)))[0]
    data = {**open_form(client, url_of(key), start), "form_token": "forged:token"}
    response = client.post(url_of(key) + "book/", data)
    assert response.status_code == 422
    assert "Gerda" in text(response)
    again = {**data, **hidden_fields(response)}
    assert client.post(url_of(key) + "book/", again).status_code == 303


def test_l6_a_token_is_good_for_its_own_invitation_alone(client):
    one, other = make_invitation(), make_invitation()
    start = starts(client.get(url_of(one)))[0]
    data = open_form(client, url_of(one), start)
    assert client.post(url_of(other) + "book/", data).status_code == 422


def test_l7_framing_is_refused_and_no_policy_is_unsafe(client):
    response = client.get(url_of(make_invitation()))
    assert response["X-Frame-Options"] == "DENY"
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_l8_a_personal_link_greets_by_first_name_and_books_for_its_client(client):
    person = Client.objects.create(first_name="Elena", last_name="Rossi", email="elena@bank.test")
    key = make_invitation()
    personal = InvitationKey.objects.create(invitation=key.invitation, client=person)
    start = starts(client.get(url_of(personal)))[0]
    form = client.get(f"{url_of(personal)}book/?start={start}")
    assert "Elena" in text(form)
    assert "Rossi" not in text(form)
    assert "elena@bank.test" not in text(form)
    response = client.post(url_of(personal) + "book/", hidden_fields(form))
    assert response.status_code == 303
    appointment = key.invitation.bookings.get().appointment
    assert (appointment.client, appointment.email) == (person, "elena@bank.test")


def public_urls(key, appointment):
    """Every address that needs no log-in, with real keys filled in."""
    values = {
        "key": key.key,
        "week": "2026-W48",
        "rest": f"{key.key}/",
        "name": "anna.png",
        "part": "0",
    }
    for pattern, prefix in walk(get_resolver().url_patterns):
        view = pattern.callback
        if getattr(view, "login_required", True):
            continue
        path = prefix + str(pattern.pattern)
        path = path.replace("(?P<key>[A-Za-z0-9_-]{16,64})", appointment.key)
        path = path.translate(str.maketrans("", "", "^$\\"))
        for name, value in values.items():
            for converter in ("key:", "week:", "path:", "str:", "int:"):
                path = path.replace(f"<{converter}{name}>", value)
        yield f"/{path}"


def walk(patterns, prefix=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield pattern, prefix


def test_l2_looking_at_any_public_address_changes_nothing(client):
    key = make_invitation()
    book_first(client, key)
    appointment = key.invitation.bookings.get().appointment
    urls = list(public_urls(key, appointment))
    assert len(urls) >= 10
    written = []

    def refuse_writes(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_writes):
        for url in urls:
            for method in (client.get, client.head, client.options):
                assert method(url).status_code < 500, url
        start = starts(client.get(url_of(key)))[0]
        client.get(f"{url_of(key)}book/", {"start": start, **DETAILS})
    assert written == []
