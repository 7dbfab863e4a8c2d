"""What happens to every request: a trace id, a language, a content security policy, rights, denial by default, refusals."""

import re
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from lienthong.foundation.access.queries import Rights
from lienthong.kernel import clock
from lienthong.kernel.errors import Forbidden, Refusal
from lienthong.kernel.ids import uuid7

Handler = Callable[[HttpRequest], HttpResponse]
TRACE = re.compile(r"^[0-9a-f]{32}$")
LANGUAGE_COOKIE = "language"
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    ]
)


def trace(get_response: Handler) -> Handler:
    """Bind a trace id (the caller's by W3C ``traceparent``, else a new one) to the logs, and answer with it."""

    def handle(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("traceparent", "").split("-")
        request.trace_id = given[1] if len(given) == 4 and TRACE.match(given[1]) else uuid7().hex
        with structlog.contextvars.bound_contextvars(trace_id=request.trace_id, path=request.path):
            response = get_response(request)
        response["X-Trace-Id"] = request.trace_id
        return response

    return handle


def content_security_policy(get_response: Handler) -> Handler:
    """No script or style but our own files; nothing inline, nothing framed."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return handle


def language(get_response: Handler) -> Handler:
    """Vietnamese unless the person chose English (cookie, or ``Accept-Language`` on the API)."""

    def handle(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE)
        if chosen is None and is_api(request):
            chosen = request.headers.get("accept-language", "vi")[:2]
        request.LANGUAGE_CODE = "en" if chosen == "en" else "vi"
        with translation.override(request.LANGUAGE_CODE):
            response = get_response(request)
        response.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return handle


def rights(get_response: Handler) -> Handler:
    """``request.rights``: what the signed-in person may do, read once for the request and only if something asks."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.rights = SimpleLazyObject(lambda: Rights(request.user.pk, clock.now()))
        return get_response(request)

    return handle


def deny_by_default(get_response: Handler) -> Handler:
    """A view answers strangers only if it says so: it is marked by `design.access.public`, everything else needs sign-in."""

    def handle(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view, _args, _kwargs) -> HttpResponse | None:
        if getattr(view, "is_public", False) or request.user.is_authenticated or is_api(request):
            return None
        return redirect(f"/sign-in?{urlencode({'next': request.get_full_path()})}")

    handle.process_view = process_view
    return handle


def refusals(get_response: Handler) -> Handler:
    """A refusal leaves as problem+json (RFC 9457) on the API and as a page with the way out on screens."""

    def handle(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        return refusal_response(request, error)

    handle.process_exception = process_exception
    return handle


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer for one refusal in the caller's form and language."""
    text = refusal.text(translation.get_language() or "vi")
    if is_api(request):
        body = {
            "type": f"/problems/{refusal.code}",
            "title": HTTPStatus(refusal.status).phrase,
            "status": refusal.status,
            "detail": text,
            "code": refusal.code,
            "instance": request.path,
            "trace_id": getattr(request, "trace_id", ""),
        }
        return JsonResponse(body, status=refusal.status, content_type="application/problem+json")
    template = "design/forbidden.html" if isinstance(refusal, Forbidden) else "design/refused.html"
    return render(request, template, {"text": text, "refusal": refusal}, status=refusal.status)


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
