"""Pages for load balancers and monitoring: alive, and ready to serve."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appointments import guards
from appointments.models import OutboxMessage

OUTBOX_LAG = timedelta(minutes=15)


@require_safe
@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if everything a booking needs is there, else 503; each part by name."""
    try:
        parts = {
            "database": True,
            "migrations": _is_migrated(),
            "guards": guards.in_place(connection),
            "outbox": _outbox_keeps_up(),
        }
    except DatabaseError:
        parts = {"database": False}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _outbox_keeps_up() -> bool:
    """Whether no message has been due for longer than a worker may take."""
    return not OutboxMessage.objects.due(timezone.now() - OUTBOX_LAG).exists()
