"""Limits against misuse: what is counted, whom it stops, and what they are told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import count

import pytest
from django.test import RequestFactory

from appointments import changes
from appointments.models import Appointment
from invitations.booking import OverLimitError
from invitations.limits import A_DAY
from invitations.models import BookingOrigin
from invitations.networks import network_of
from tests.factories import make_invitation
from tests.invitations import test_booking
from tests.invitations.pages import hidden_fields, open_form, text
from tests.invitations.test_booking import ELEVEN, GERDA, HANS, NOON, NOW, TEN

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HOUR = dt.timedelta(hours=1)
HOME = "a hash of somebody's network"
MONDAY_TEN = "2026-11-23T09:00:00Z"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def key():
    return make_invitation()


@pytest.fixture
def book(clock):
    """Book as in the tests of booking, each time by a new form, with the clock at that moment."""
    forms = (f"form {number}" for number in count())

    def book(key, start=TEN, *, now=NOW, **kwargs):
        clock.move_to(now, tick=False)
        return test_booking.book(key, start, now=now, **{"token": next(forms), **kwargs})

    return book


def test_an_address_books_only_so_often_in_a_day_by_whatever_invitations(book, settings):
    settings.LIMIT_PER_ADDRESS = 2
    book(make_invitation())
    book(make_invitation(), guest=replace(GERDA, email="GERDA@example.com"), now=NOW + HOUR)
    key = make_invitation()
    with pytest.raises(OverLimitError) as error:
        book(key, now=NOW + 2 * HOUR)
    assert error.value.again_from == NOW + A_DAY
    assert book(key, guest=HANS, now=NOW + 2 * HOUR)
    assert book(key, ELEVEN, now=NOW + A_DAY)


def test_what_was_cancelled_counts_as_well(book, key, settings):
    settings.LIMIT_PER_ADDRESS = 1
    changes.cancel(book(key).pk, now=NOW)
    with pytest.raises(OverLimitError):
        book(key)


def test_an_invitation_is_booked_only_so_often_in_a_day(book, key, settings):
    settings.LIMIT_PER_INVITATION = 2
    book(key, guest=GERDA)
    book(key, ELEVEN, guest=HANS)
    ida = replace(GERDA, email="ida@example.com")
    with pytest.raises(OverLimitError):
        book(key, NOON, guest=ida)
    assert book(make_invitation(), guest=ida)
    assert book(key, NOON, guest=ida, now=NOW + A_DAY)


def test_a_limit_that_was_passed_before_it_was_lowered_counts_from_the_newest(book, key, settings):
    for hours, start in enumerate((TEN, ELEVEN, NOON)):
        book(key, start, now=NOW + hours * HOUR)
    settings.LIMIT_PER_INVITATION = 2
    with pytest.raises(OverLimitError) as error:
        book(key, now=NOW + 3 * HOUR)
    assert error.value.again_from == NOW + HOUR + A_DAY


def test_so_is_it_from_a_network_by_whatever_addresses(book, key, settings):
    settings.LIMIT_PER_NETWORK = 1
    book(key, network=HOME)
    with pytest.raises(OverLimitError):
        book(make_invitation(), guest=HANS, network=HOME)
    assert book(key, ELEVEN, guest=HANS, network="another")
    assert book(key, NOON, guest=HANS, network=HOME, now=NOW + A_DAY)


def test_an_unknown_network_is_not_counted(book, key, settings):
    settings.LIMIT_PER_NETWORK = 1
    assert book(key)
    assert book(key, ELEVEN)
    assert not BookingOrigin.objects.exists()


def test_where_a_booking_came_from_is_forgotten_after_a_day(book, key, settings):
    settings.LIMIT_PER_NETWORK = 10
    book(key, network=HOME)
    book(key, ELEVEN, network="another", now=NOW + A_DAY - HOUR)
    assert BookingOrigin.objects.count() == 2
    book(key, NOON, network="a third", now=NOW + A_DAY)
    assert [each.network for each in BookingOrigin.objects.all()] == ["another", "a third"]


def test_without_limits_nothing_is_counted(book, key):
    for start in (TEN, ELEVEN, NOON):
        assert book(key, start, network=HOME)
    assert not BookingOrigin.objects.exists()


def test_b5_the_form_that_reached_the_limit_still_finds_what_it_booked(book, key, settings):
    settings.LIMIT_PER_ADDRESS = settings.LIMIT_PER_INVITATION = settings.LIMIT_PER_NETWORK = 1
    first = book(key, network=HOME, token="one form")
    assert book(key, network=HOME, token="one form") == first


def test_who_is_over_the_limit_gets_everything_back_with_whom_to_ask(client, key, settings):
    settings.LIMIT_PER_NETWORK = 1
    territory = key.invitation.territory
    territory.phone = "+49 30 555"
    territory.save()
    url = f"/invite/{key.key}/"
    BookingOrigin.objects.create(network=network_of(request_from("93.184.216.34")), at=NOW - HOUR)
    data = {**open_form(client, url, MONDAY_TEN), "description": "Two\nlines"}
    response = client.post(f"{url}book/", data, REMOTE_ADDR="93.184.216.34")
    assert response.status_code == 429
    assert response["Retry-After"] == str(23 * 3600)
    page = text(response)
    assert "we have to pause" in page
    assert "Two\nlines" in page
    assert "+49 30 555" in page
    assert hidden_fields(response)["start"] == MONDAY_TEN
    assert not Appointment.objects.exists()
    again = client.post(f"{url}book/", data, REMOTE_ADDR="93.184.216.35")
    assert again.status_code == 303
    assert BookingOrigin.objects.count() == 2


def request_from(address, forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


SOMEBODY, SOMEBODY_ELSE, PROXY = "93.184.216.34", "8.8.8.8", "10.0.0.1"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (SOMEBODY, SOMEBODY, True),
        (SOMEBODY, "93.184.216.35", False),
        (SOMEBODY, f"::ffff:{SOMEBODY}", True),
        ("2a00:1450:4001:800::1", "2a00:1450:4001:800:ffff::9", True),
        ("2a00:1450:4001:800::1", "2a00:1450:4001:801::1", False),
    ],
)
def test_a_network_is_one_ipv4_address_or_half_of_an_ipv6_address(one, other, same):
    names = [network_of(request_from(address)) for address in (one, other)]
    assert all(names)
    assert (names[0] == names[1]) == same
    assert one not in names[0]


@pytest.mark.parametrize("address", ["", "127.0.0.1", "10.1.2.3", "::1", "fd00::1", "unix:", "é"])
def test_an_address_that_says_nothing_names_no_network(address):
    assert network_of(request_from(address)) == ""


@pytest.mark.parametrize(
    ("proxies", "address", "forwarded", "seen"),
    [
        (0, SOMEBODY, SOMEBODY_ELSE, SOMEBODY),
        (0, PROXY, SOMEBODY_ELSE, None),
        (1, PROXY, SOMEBODY, SOMEBODY),
        (1, PROXY, f"{SOMEBODY_ELSE}, {SOMEBODY}", SOMEBODY),
        (1, PROXY, f"made up,, {SOMEBODY}", SOMEBODY),
        (1, PROXY, None, None),
        (1, PROXY, "made up", None),
        (2, PROXY, f"{SOMEBODY_ELSE}, {SOMEBODY}, {PROXY}", SOMEBODY),
        (2, PROXY, SOMEBODY, None),
    ],
)
def test_the_header_is_believed_as_far_as_our_own_proxies_wrote_it(
    settings, proxies, address, forwarded, seen
):
    settings.TRUSTED_PROXIES = proxies
    found = network_of(request_from(address, forwarded))
    settings.TRUSTED_PROXIES = 0
    expected = network_of(request_from(seen)) if seen else ""
    assert found == expected
