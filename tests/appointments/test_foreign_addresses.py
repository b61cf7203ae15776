"""Which calendars are asked at all: HTTPS to a public name that leads to public places."""

from __future__ import annotations

import ipaddress

import pytest

from appointments.foreign_calendars.addresses import Address, subscribed
from appointments.foreign_calendars.networks import is_public, may_be_asked
from appointments.foreign_calendars.problems import CannotReadError, Problem

# How addresses are written


@pytest.mark.parametrize(
    "text",
    [
        "http://calendar.example.com/a.ics",
        "ftp://calendar.example.com/a.ics",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/a.ics",
        "example.com/a.ics",
        "https:///a.ics",
        "https://",
        "",
        "https://example.com:8443/a.ics",
        "https://example.com:80/a.ics",
        "https://example.com:0/a.ics",
        "https://example.com:port/a.ics",
        "https://example.com:99999/a.ics",
        "https://user@example.com/a.ics",
        "https://user:secret@example.com/a.ics",
        "https://example.com@127.0.0.1/a.ics",
        "https://@example.com/",
        "https://exam ple.com/a.ics",
        "https://example.com/a.ics\r\nHost: localhost",
        "https://example.com\\@127.0.0.1/",
        "https://example.com\t/",
        "https://exa\x00mple.com/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://intranet/a.ics",
        "https://ⓛocalhost/",
        "https://127.0.0.1/",
        "https://8.8.8.8/",
        "https://8.8.8.8./",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://example.0x7f/",
        "https://127.0.0.1.:443/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://①②⑦.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::]/",
        "https://[fe80::1%25eth0]/",
        "https://[2606:4700::1111]/",
        "https://[::1/",
        "https://example..com/",
        "https://.com/",
        "https://example.com../",
        "https://-.com/",
        f"https://{'a' * 64}.com/",
        "https://%6c%6f%63%61%6c%68%6f%73%74/",
    ],
)
def test_what_is_not_https_to_a_public_name_is_refused(text):
    with pytest.raises(CannotReadError) as refused:
        Address.parse(text, from_here=False)
    assert refused.value.problem == Problem.ADDRESS


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM./a.ics", "https://example.com/a.ics"),
        ("https://example.com:443/a.ics?b=c#d", "https://example.com/a.ics?b=c"),
        ("https://kalender.bücher.example/a", "https://kalender.xn--bcher-kva.example/a"),
        ("https://faß.de/", "https://xn--fa-hia.de/"),
        ("https://example.com/ü/%20?q=ß", "https://example.com/%C3%BC/%20?q=%C3%9F"),
        (
            "https://calendar.google.com/x%40y/basic.ics",
            "https://calendar.google.com/x%40y/basic.ics",
        ),
    ],
)
def test_others_are_asked_as_they_are_written(text, asked):
    assert str(Address.parse(text, from_here=False)) == asked


def test_this_machine_is_asked_where_that_may_be():
    assert (
        str(Address.parse("http://127.0.0.1:8000/a", from_here=True)) == "http://127.0.0.1:8000/a"
    )
    assert str(Address.parse("http://[::1]:8000/a", from_here=True)) == "http://[::1]:8000/a"
    for other in ("http://10.0.0.1/", "http://127.0.0.2/", "http://0/", "http://intranet/"):
        with pytest.raises(CannotReadError):
            Address.parse(other, from_here=True)


@pytest.mark.parametrize("scheme", ["webcal", "WebCal", "webcals", "https"])
def test_an_address_to_subscribe_to_is_one_that_can_be_asked(scheme):
    assert subscribed(f" {scheme}://example.com/a.ics\n") == "https://example.com/a.ics"


# Where names lead to


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
        "100.127.255.255", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254",
        "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
        "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "100::1",
        "2001::1", "2001:0:4136:e378::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
        "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_no_place_that_is_not_everybodys_is_asked(address):
    assert not may_be_asked(address, from_here=False)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1",
        "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.1.1", "198.17.0.1", "198.20.0.1",
        "223.255.255.255", "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::200e",
    ],
)  # fmt: skip
def test_public_places_are(address):
    assert may_be_asked(address, from_here=False)


def test_from_here_this_machine_is_asked_and_no_other():
    asked = [place for place in ("127.0.0.1", "::1") if may_be_asked(place, from_here=True)]
    assert asked == ["127.0.0.1", "::1"]
    for other in ("10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "fe80::1"):
        assert not may_be_asked(other, from_here=True), other


def test_nothing_that_the_registry_calls_private_is_public():
    for last in range(0, 2**32, 2**32 // 4099):
        address = ipaddress.IPv4Address(last)
        assert not is_public(address) or address.is_global, address
