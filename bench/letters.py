"""Letters per second to a real mail server: ``python -m bench.letters LETTERS WORKERS``.

The project's own workers send the letters of one list, all due at once; beside them one loop of
``smtplib`` sends as many mails of the same size by one connection. Runs on ``DATABASE_URL``;
prints JSON.
"""

from __future__ import annotations

import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django

django.setup()

from django.utils import timezone  # noqa: E402  Django has to be set up first

from appointments.models import OutboxMessage  # noqa: E402
from invitations.models import ProspectList  # noqa: E402
from invitations.prospects import letters, sending  # noqa: E402
from tests.races.scenes import prospects  # noqa: E402


def main(number: int, workers: int) -> None:
    prospect_list = prospects(number)
    owing = timed(lambda: sending.send(prospect_list.pk, now=timezone.now()))
    OutboxMessage.objects.update(not_before=timezone.now())
    with taking_mails(number) as port:
        ours = timed(lambda: send_by_workers(workers, port))
    assert OutboxMessage.objects.filter(result=OutboxMessage.Result.SENT).count() == number
    with taking_mails(number) as port:
        bare = timed(lambda: send_bare(prospect_list, number, port))
    print(json.dumps({"owing": owing, "ours": number / ours, "bare": number / bare}))


def send_by_workers(workers: int, port: int) -> None:
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    command = [sys.executable, "manage.py", "worker", "--once"]
    quiet = subprocess.DEVNULL
    started = [
        subprocess.Popen(command, env=variables, stdout=quiet, stderr=quiet) for _ in range(workers)
    ]
    assert [each.wait() for each in started] == [0] * workers


def send_bare(prospect_list: ProspectList, number: int, port: int) -> None:
    mail = letters.preview(prospect_list.recipients.with_letter()[0])
    content = mail.message().as_bytes(linesep="\r\n")
    with smtplib.SMTP("127.0.0.1", port) as server:
        for each in range(number):
            server.sendmail("booking@example.com", [f"prospect{each}@example.com"], content)


@contextmanager
def taking_mails(number: int) -> Iterator[int]:
    """The port of a mail server, which has to have taken so many at the end."""
    command = [sys.executable, "-m", "bench.sink"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as sink:
        assert sink.stdin
        assert sink.stdout
        yield int(sink.stdout.readline())
        sink.stdin.close()
        assert int(sink.stdout.readline()) == number


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
