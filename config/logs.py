"""Structured logs in which no key of a link is ever written (rule L1)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict, Processor

log = structlog.get_logger("requests")

OTHERS = ("appointment", "feed", "unsubscribe", "account/password/new")
"""Paths, beside those of invitations, that a key follows."""


def request_log(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: one line per request, with the route in place of the path."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else None,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

    return middleware


def masks_keys(prefixes: list[str]) -> Processor:
    """A log processor that hides the key in anything that looks like a guest's URL, and who a
    website says the guest is."""
    segments = "|".join(re.escape(prefix) for prefix in [*prefixes, *OTHERS])
    in_path = re.compile(rf"(/(?:{segments})/)[^/\s?\"']+")
    in_query = re.compile(r"((?:invitationKey|code|prefill)=)[^&\s\"']+")

    def mask(logger: Any, name: str, event: EventDict) -> EventDict:
        for field, value in event.items():
            if isinstance(value, str):
                event[field] = in_query.sub(r"\1…", in_path.sub(r"\1…", value))
        return event

    return mask


def configuration(prefixes: list[str]) -> dict[str, Any]:
    """The ``LOGGING`` setting; configures structlog on the way."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            masks_keys(prefixes),
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "logger", "event"]
            ),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"logfmt": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "logfmt"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    }
