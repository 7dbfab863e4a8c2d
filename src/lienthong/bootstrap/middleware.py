"""What happens to every request: a trace id, a language, a content security policy, rights, denial by default, refusals."""

import hashlib
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
from lienthong.foundation.idempotency import domain
from lienthong.foundation.idempotency import services as idempotency_services
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


def idempotency(get_response: Handler) -> Handler:
    """A write on the API that carries an ``Idempotency-Key`` happens once, however often it is sent; a POST needs one."""

    def handle(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("idempotency-key")
        is_write = is_api(request) and request.method in ("POST", "PUT", "PATCH", "DELETE")
        if not is_write or not request.user.is_authenticated or (given is None and request.method != "POST"):
            return get_response(request)
        responses = []

        def write() -> domain.Answer:
            responses.append(get_response(request))
            headers = {name: responses[0][name] for name in ("ETag", "Location") if name in responses[0]}
            return domain.Answer(
                responses[0].status_code, responses[0]["Content-Type"], headers, bytes(responses[0].content)
            )

        try:
            answer = idempotency_services.once(
                caller=str(request.user.pk),
                key=given or "",
                fingerprint=_fingerprint(request),
                at=clock.now(),
                write=write,
            )
        except Refusal as refusal:
            return refusal_response(request, refusal)
        if not answer.again:
            return responses[0]
        response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
        for name, value in (answer.headers | {"Idempotency-Replayed": "true"}).items():
            response[name] = value
        return response

    return handle


def _fingerprint(request: HttpRequest) -> bytes:
    """What is asked, as 32 bytes; of a file only its size, because it is read in a stream."""
    is_file = request.content_type.startswith("multipart/")
    body = request.headers.get("content-length", "").encode() if is_file else request.body
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).digest()


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
