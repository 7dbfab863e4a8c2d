"""The JSON API: every module's router under /api/v1, one form of error (RFC 9457), sign-in required by default."""

import warnings
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import SessionAuth

import lienthong
from lienthong.bootstrap.errors import FormExpired
from lienthong.bootstrap.middleware import refusal_response
from lienthong.bootstrap.settings import modules
from lienthong.kernel.errors import NotFound, Refusal

# A register is the field's word; that pydantic's own classes have a method of that name disturbs nobody.
warnings.filterwarnings("ignore", message='Field name "register"', category=UserWarning)


class Unreadable(Refusal):
    """The request is not of the form that the API description gives."""

    code = "unreadable"
    status = 422
    vi = "Yêu cầu không đúng khuôn dạng: {problems}"
    en = "The request is not of the described form: {problems}"


class SignInNeeded(Refusal):
    code = "sign_in_needed"
    status = 401
    vi = "Cần đăng nhập. Hãy đăng nhập tại /sign-in rồi gọi lại."
    en = "Sign in first, at /sign-in, then call again."


class Session(SessionAuth):
    """A signed-in session; the CSRF token is checked on every write."""

    def authenticate(self, request: HttpRequest, key: str | None):
        if not request.user.is_authenticated:
            raise SignInNeeded
        return request.user


api = NinjaAPI(
    title="lienthong",
    version=lienthong.__version__,
    description="Management and data API of one space. A version is kept for two years after its successor appears.",
    auth=Session(),
    docs_url=None,
    urls_namespace="api-1",
)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return refusal_response(request, refusal)


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework's own refusals: a form token that is missing, a body that cannot be read."""
    if error.status_code == HTTPStatus.FORBIDDEN:
        return refusal_response(request, FormExpired())
    return refusal_response(request, Unreadable(problems=str(error)))


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = "; ".join(f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}" for item in error.errors)
    return refusal_response(request, Unreadable(problems=problems))


@api.exception_handler(Http404)
def missing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return refusal_response(request, NotFound(what=request.path))


for _module in modules():
    if find_spec(f"{_module}.rest"):
        api.add_router("", import_module(f"{_module}.rest").router)
