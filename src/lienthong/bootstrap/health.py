"""Health for operators and load balancers: alive, ready, and metrics."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from lienthong.foundation.design.services import public


@public
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
def ready(_request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, to this machine only: the front passes no outside request here."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
