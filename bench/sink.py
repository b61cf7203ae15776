"""A real mail server on the loopback that takes everything: ``python -m bench.sink``.

Prints its port, and how many mails it took once its input ends.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self) -> None:
        self.count = 0

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802  the server calls it by this name
        self.count += 1
        return "250 OK"


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    sys.stdin.read()
    controller.stop()
    print(sink.count)


if __name__ == "__main__":
    main()
