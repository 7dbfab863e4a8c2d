"""What happens to every request: a trace id, a language, a content security policy, rights, denial by default, refusals."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from lienthong.foundation.access.queries import Rights
from lienthong.foundation.idempotency import domain
from lienthong.foundation.idempotency import services as idempotency_services
from lienthong.kernel import clock, reading
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


def read_together(get_response: Handler) -> Handler:
    """What a request that only reads needs more than once, it looks up once."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with reading.together():
            return get_response(request)

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


class NoText(Refusal):
    """Something sent holds signs that are no text."""

    code: ClassVar[str] = "no_text"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Nội dung gửi lên có ký tự không hợp lệ. Hãy xóa ký tự đó (gõ lại thay vì dán) rồi gửi lại."
    en: ClassVar[str] = (
        "What was sent holds signs that are no text. Remove them (type instead of pasting) and send again."
    )


def text_alone(get_response: Handler) -> Handler:
    """What no column can keep as text (NUL, half a character) is refused before it comes to one."""

    def handle(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, _view, _args, _kwargs) -> HttpResponse | None:
        kept = all("\x00" not in text and _is_whole(text) for text in _texts(request))
        return None if kept else refusal_response(request, NoText())

    handle.process_view = process_view
    return handle


def _texts(request: HttpRequest) -> Iterator[str]:
    """The texts of a request's address, form or document; not those of files and of streams."""
    yield request.path
    for fields in (request.GET, {} if is_api(request) else request.POST):
        for name in fields:
            yield name
            yield from fields.getlist(name)
    is_document = is_api(request) and request.user.is_authenticated and request.content_type == "application/json"
    if is_document and b"\\u" in request.body:
        try:
            yield from _texts_in(json.loads(request.body))
        except (ValueError, RecursionError):
            return  # no document: whoever reads it says so


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value:
            yield from _texts_in(item)
        for item in value.values() if isinstance(value, dict) else ():
            yield from _texts_in(item)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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
