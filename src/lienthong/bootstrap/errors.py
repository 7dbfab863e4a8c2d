"""Answers to what no view answers: an unknown address, a form that came from elsewhere, a fault of the program."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from lienthong.bootstrap.middleware import refusal_response
from lienthong.kernel.errors import NotFound, Refusal


class FormExpired(Refusal):
    code = "form_expired"
    status = HTTPStatus.FORBIDDEN
    vi = "Biểu mẫu đã cũ hoặc không đến từ trang này. Hãy tải lại trang rồi gửi lại; trên API hãy gửi kèm X-CSRFToken."
    en = "The form is old or does not come from this site. Reload the page and send it again; on the API send X-CSRFToken."


class Broken(Refusal):
    code = "broken"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    vi = "Chương trình gặp lỗi và không ghi gì dở dang. Hãy thử lại; nếu còn lỗi, gửi mã tra cứu cho người vận hành."
    en = "The program failed and left nothing half-done. Try again; if it fails again, give the reference to an operator."


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal_response(request, NotFound(what=request.path))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refusal_response(request, FormExpired())


def broken(request: HttpRequest) -> HttpResponse:
    """Falls back to plain text where not even a page can be drawn."""
    try:
        return refusal_response(request, Broken())
    except Exception:
        return HttpResponse(
            f"{Broken.vi}\n{Broken.en}\n", status=Broken.status, content_type="text/plain; charset=utf-8"
        )
