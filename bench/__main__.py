"""All benchmarks: ``make bench``. Prints ratios; slow is not an error."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from bench import engine
from bench.databases import environment, run, scratch, vendors
from bench.measure import Line, milliseconds, progress, show

MOST_QUERIES = 8
EVERYTHING_AIM, EVERYTHING_QUERIES = 0.3, 9
PAGE_AIM, PAST_AIM, BOOKING_AIM = 0.60, 1.2, 0.25
LIST_AIM, LIST_QUERIES = {"few": 5, "bare": 15}, 12
IMPORT_AIM, MEMORY_AIM = 15, 100


def main() -> None:
    print(f"Medians of interleaved rounds, on {os.cpu_count()} processors.")
    show("The engine, beside code written by hand", engine.measure())
    for vendor in vendors():
        with scratch(vendor, 2) as (url, large):
            progress(f"Week page on {vendor} ...")
            printed = run("-m", "bench.page", variables=environment(url, large))
        show(f"The week page on {vendor}", page_lines(json.loads(printed)))
        with scratch(vendor) as [url]:
            progress(f"Every rule on {vendor} ...")
            printed = run("-m", "bench.everything", variables=environment(url))
        show(f"A week's openings by every rule on {vendor}", everything_lines(json.loads(printed)))
        with scratch(vendor) as [url]:
            progress(f"Bookings on {vendor} ...")
            printed = run("-m", "bench.bookings", variables=environment(url))
        show(f"Bookings on {vendor}", booking_lines(json.loads(printed)))
        with scratch(vendor) as [url]:
            progress(f"List page on {vendor} ...")
            printed = run("-m", "bench.prospects", variables=environment(url))
        show(f"The page of a list on {vendor}", list_lines(json.loads(printed)))
        show(f"10,000 prospects onto a list on {vendor}", list(import_lines(vendor)))
        show(f"Letters to prospects on {vendor}", list(letter_lines(vendor)))


def page_lines(found: dict[str, Any]) -> list[Line]:
    """Requests per second beside bare pages'; time with a long past beside a short one's."""
    past, queries = found["past"], found["queries"]
    rivals = {"same": f"its own {queries} queries", "simple": f"{queries} of the simplest queries"}
    return [
        *(
            Line(
                f"{found['links']} openings, beside {rival}",
                f"{1 / found['page']:.0f}/s",
                f"{1 / found[name]:.0f}/s",
                found[name] / found["page"],
                f"at least {PAGE_AIM:.2f}, {MOST_QUERIES} queries",
                found[name] / found["page"] >= PAGE_AIM and queries <= MOST_QUERIES,
            )
            for name, rival in rivals.items()
        ),
        Line(
            "1,000,000 past appointments beside 1,000",
            milliseconds(past["long"]),
            milliseconds(past["short"]),
            past["long"] / past["short"],
            f"at most {PAST_AIM}",
            past["long"] <= PAST_AIM * past["short"],
        ),
    ]


def booking_lines(found: dict[str, float]) -> list[Line]:
    """Bookings per second beside bare guarded inserts."""
    names = {
        ("", 1): "1 process",
        ("", 8): "8 processes, a host each",
        ("_shared", 8): "8 processes, one host",
    }
    lines = []
    for (who, count), name in names.items():
        ours, bare = found[f"book{who} {count}"], found[f"insert{who} {count}"]
        ratio = ours / bare
        # One host's bookings run one by one under its lock, which the bare insert doesn't take.
        aim = "none" if who else f"at least {BOOKING_AIM}"
        holds = bool(who) or ratio >= BOOKING_AIM
        lines.append(Line(name, f"{ours:.0f}/s", f"{bare:.0f}/s", ratio, aim, holds))
    return lines


def list_lines(found: dict[str, float]) -> list[Line]:
    """Time of the page of 10,000 beside that of 100, and beside rows with nothing about them."""
    names = {"few": "beside 100", "bare": "beside as many bare rows"}
    return [
        Line(
            f"10,000 recipients, {name}",
            milliseconds(found["many"]),
            milliseconds(found[rival]),
            found["many"] / found[rival],
            f"at most {LIST_AIM[rival]}, {LIST_QUERIES} queries",
            found["many"] <= LIST_AIM[rival] * found[rival] and found["queries"] <= LIST_QUERIES,
        )
        for rival, name in names.items()
    ]


def everything_lines(found: dict[str, float]) -> list[Line]:
    """Time of a week's openings, beside reading the same rows and no more."""
    return [
        Line(
            f"any of 1,000 hosts, {found['queries']} queries",
            milliseconds(found["ours"]),
            milliseconds(found["read"]),
            found["ours"] / found["read"],
            f"at most {EVERYTHING_AIM * 1000:.0f} ms, {EVERYTHING_QUERIES} queries",
            found["ours"] <= EVERYTHING_AIM and found["queries"] <= EVERYTHING_QUERIES,
        )
    ]


def import_lines(vendor: str) -> Iterator[Line]:
    """Seconds of reading, looking over and importing a table, beside bare inserts."""
    for kind in ("csv", "xlsx"):
        with scratch(vendor) as [url]:
            progress(f"Importing {kind} on {vendor} ...")
            found = json.loads(run("-m", "bench.imports", kind, variables=environment(url)))
        ours, bare, memory = found["ours"], found["bare"], found["memory"]
        yield Line(
            f"{kind.upper()}, in {memory:.0f} MB more",
            f"{ours:.1f} s",
            f"{bare:.1f} s",
            ours / bare,
            f"at most {IMPORT_AIM}, {MEMORY_AIM} MB",
            ours <= IMPORT_AIM * bare and memory <= MEMORY_AIM,
        )


def letter_lines(vendor: str) -> Iterator[Line]:
    """Letters per second by the project's workers, beside a bare loop over one connection."""
    sends = [(1_000, 1), (10_000, 1)] if vendor == "sqlite" else [(1_000, 1), (10_000, 2)]
    for number, workers in sends:
        with scratch(vendor) as [url]:
            progress(f"{number:,} letters on {vendor} ...")
            arguments = ("-m", "bench.letters", str(number), str(workers))
            found = json.loads(run(*arguments, variables=environment(url)))
        ours, bare, owing = found["ours"], found["bare"], found["owing"]
        name = f"{number:,} by {workers}, put in line in {owing:.1f} s"
        yield Line(name, f"{ours:.0f}/s", f"{bare:.0f}/s", ours / bare, "none", True)


if __name__ == "__main__":
    main()
