"""Asking strangers' servers: pinned to what was checked, and no more taken than is meant."""

from __future__ import annotations

import gzip
import socket
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from appointments.foreign_calendars import fetching
from appointments.foreign_calendars.fetching import Answer, Version, fetch
from appointments.foreign_calendars.problems import CannotReadError, Problem
from tests.appointments.foreign_server import calendar, certificate, sends, serving

NAME = "calendar.example.com"
CALENDAR = calendar().encode()
UNKNOWN = Version()


def fetched(url: str, known: Version = UNKNOWN) -> Answer:
    return fetch(url, known, from_here=True)


def problem_of(url: str, known: Version = UNKNOWN, *, from_here: bool = True) -> Problem:
    with pytest.raises(CannotReadError) as refused:
        fetch(url, known, from_here=from_here)
    return refused.value.problem


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What a name leads to, time after time; the last answer stays."""
    answers: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host not in answers:
            return real(host, port, *args, **kwargs)
        places = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        if not places:
            raise socket.gaierror
        return [entry for place in places for entry in real(place, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


# What is sent


def test_a_calendar_comes_with_what_its_server_calls_its_version():
    with serving(sends(CALENDAR, ETag='"one"', Last_Modified="Mon, 23 Nov 2026")) as stranger:
        assert fetched(stranger.url) == Answer(CALENDAR, Version('"one"', "Mon, 23 Nov 2026"))
    [(path, headers)] = stranger.asked
    assert path == "/secret.ics"
    assert "If-None-Match" not in headers
    assert "Cookie" not in headers
    assert headers["User-Agent"] == "Slotkey"


def test_what_is_known_already_is_not_sent_again():
    known = Version('"one"', "Mon, 23 Nov 2026")
    with serving(sends(b"", 304)) as stranger:
        assert fetched(stranger.url, known) == Answer(None, known)
        assert problem_of(stranger.url) == Problem.ANSWER  # nobody said that anything is known
    headers = stranger.asked[0][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"one"', "Mon, 23 Nov 2026")


@pytest.mark.parametrize("mark", ["x" * 201, "caf\xe9", "a\x01b"])
def test_a_version_that_cannot_be_kept_is_forgotten(mark):
    with serving(sends(CALENDAR, ETag=mark)) as stranger:
        assert fetched(stranger.url).version == Version()


def test_what_is_packed_is_unpacked():
    with serving(sends(gzip.compress(CALENDAR, mtime=0), Content_Encoding="gzip")) as stranger:
        assert fetched(stranger.url).content == CALENDAR


@pytest.mark.parametrize("status", [201, 204, 206, 300, 400, 401, 403, 404, 429, 500, 503])
def test_any_other_answer_is_none(status):
    with serving(sends(CALENDAR, status)) as stranger:
        assert problem_of(stranger.url) == Problem.ANSWER


def test_no_proxy_of_the_environment_is_asked(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(sends(CALENDAR)) as stranger:
        assert fetched(stranger.url).content == CALENDAR


# Too much


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(1024**3))
    handler.end_headers()
    for _ in range(1024):
        handler.wfile.write(b"x" * 1024**2)


def test_a_gigabyte_is_given_up_long_before_its_end(monkeypatch):
    monkeypatch.setattr(fetching, "MOST_SENT", 1024**2)
    with serving(endless) as stranger:
        assert problem_of(stranger.url) == Problem.SIZE


def test_a_small_file_that_unpacks_to_a_large_one_is_given_up():
    bomb = gzip.compress(b"\0" * 60 * 1024**2, mtime=0)
    assert len(bomb) < 100_000
    with serving(sends(bomb, Content_Encoding="gzip")) as stranger:
        assert problem_of(stranger.url) == Problem.SIZE


@pytest.mark.parametrize(
    ("content", "packing"),
    [
        (b"not packed at all", "gzip"),
        (gzip.compress(CALENDAR, mtime=0)[:-9], "gzip"),
        (CALENDAR, "br"),
        (CALENDAR, "gzip, gzip"),
    ],
)
def test_what_is_packed_otherwise_or_cut_off_is_no_answer(content, packing):
    with serving(sends(content, Content_Encoding=packing)) as stranger:
        assert problem_of(stranger.url) == Problem.ANSWER


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CALENDAR)))
    handler.end_headers()
    handler.wfile.write(CALENDAR[:-10])


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")


def many_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    for number in range(500):
        handler.send_header(f"X-{number}", "x" * 1000)
    handler.end_headers()


@pytest.mark.parametrize("answer", [cut_off, nonsense, many_headers])
def test_what_breaks_the_protocol_is_no_answer(answer):
    with serving(answer) as stranger:
        assert problem_of(stranger.url) == Problem.ANSWER


def test_nobody_there_is_no_answer():
    with serving(sends(CALENDAR)) as stranger:
        pass
    assert problem_of(stranger.url) == Problem.ANSWER


# Leading elsewhere


def leads(to: str) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/there":
            return sends(CALENDAR)(handler)
        return sends(b"", 302, Location=to)(handler)

    return answer


@pytest.mark.parametrize("to", ["/there", "there", "//127.0.0.1:{port}/there"])
def test_it_may_lead_to_another_page_of_the_same_server(to):
    handler = leads("")
    with serving(lambda asked: handler(asked)) as stranger:
        handler = leads(to.format(port=stranger.port))
        assert fetched(stranger.url).content == CALENDAR


@pytest.mark.parametrize(
    "to",
    [
        "http://localhost:{port}/there",
        "http://127.0.0.1:1/there",
        "https://127.0.0.1:{port}/there",
        "https://calendar.example.com/",
        "http://169.254.169.254/latest/meta-data/",
        "http://user@127.0.0.1:{port}/there",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
    ],
)
def test_it_leads_to_no_other(to):
    handler = leads("")
    with serving(lambda asked: handler(asked)) as stranger:
        handler = leads(to.format(port=stranger.port))
        assert problem_of(stranger.url) == Problem.ADDRESS
    assert len(stranger.asked) == 1


def test_it_does_not_lead_round_and_round():
    with serving(leads("/round")) as stranger:
        assert problem_of(stranger.url) == Problem.ANSWER
    assert len(stranger.asked) == 4


# Names


@pytest.mark.parametrize(
    "places",
    [
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["8.8.8.8", "192.168.1.1"],
        ["2606:4700:4700::1111", "::ffff:10.0.0.1"],
        ["127.0.0.1"],
        [],
    ],
)
def test_a_name_with_any_place_that_is_not_public_is_refused_and_nobody_asked(dns, places):
    dns[NAME] = [places]
    assert problem_of(f"https://{NAME}/", from_here=False) == Problem.ADDRESS


def test_a_name_is_looked_up_once_whatever_dns_says_next(dns):
    dns[NAME] = [["127.0.0.1"], ["10.0.0.1"]]
    with serving(sends(CALENDAR)) as stranger:
        address = f"http://{NAME}:{stranger.port}/secret.ics"
        assert fetched(address).content == CALENDAR
        assert stranger.asked[0][1]["Host"] == f"{NAME}:{stranger.port}"
        assert problem_of(address) == Problem.ADDRESS


def test_a_place_that_is_down_is_no_reason_not_to_ask_the_next(dns):
    with serving(sends(CALENDAR)) as stranger:
        dns[NAME] = [["::1", "127.0.0.1"]]
        assert fetched(f"http://{NAME}:{stranger.port}/").content == CALENDAR


def test_a_certificate_is_that_of_the_name_not_of_the_place(dns, tmp_path, monkeypatch):
    trust = certificate(tmp_path / "trust.pem", NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(trust))
    dns[NAME] = dns["other.example.com"] = [["127.0.0.1"]]
    with serving(sends(CALENDAR), trust=trust) as stranger:
        assert fetched(f"https://{NAME}:{stranger.port}/").content == CALENDAR
        assert problem_of(f"https://other.example.com:{stranger.port}/") == Problem.ANSWER
        assert problem_of(f"https://127.0.0.1:{stranger.port}/") == Problem.ANSWER


def test_a_certificate_that_nobody_trusts_is_refused(dns, tmp_path):
    dns[NAME] = [["127.0.0.1"]]
    with serving(sends(CALENDAR), trust=certificate(tmp_path / "own.pem", NAME)) as stranger:
        assert problem_of(f"https://{NAME}:{stranger.port}/") == Problem.ANSWER
    assert stranger.asked == []
