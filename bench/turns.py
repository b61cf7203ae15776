"""Serves the week page of the tree it is run in; for each line it reads, prints how long it took.

With ``--stage`` it puts into the database what the page is about. It stands on what ``bench.page``
of either tree offers.
"""

import gc
import os
import sys
import time
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from bench import page  # noqa: E402
from bench.switch import Switch  # noqa: E402

PAGES = 8


def main() -> None:
    Switch.alias = "default"
    if "--stage" in sys.argv:
        page.stage()
        return
    get = page.client()
    week = page.Week.at(page.minute_of(page.AHEAD), page.factories.BERLIN)
    url = f"/invite/{page.KEY}/{week}/"
    for _line in sys.stdin:
        print(seconds(get, url), flush=True)


def seconds(get, url):
    gc.collect()
    gc.disable()
    get(url)  # meanwhile the other tree had the processor's caches
    taken = []
    for _ in range(PAGES):
        started = time.perf_counter()
        get(url)
        taken.append(time.perf_counter() - started)
    gc.enable()
    return median(taken)


main()
