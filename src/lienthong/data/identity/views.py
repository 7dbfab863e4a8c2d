"""Signing in and out, and choosing a language."""

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from lienthong.data.identity import domain, queries, services
from lienthong.data.identity.backends import PasswordBackend
from lienthong.foundation.design.services import public
from lienthong.kernel import clock

BACKEND = "lienthong.data.identity.backends.PasswordBackend"
YEAR = 365 * 24 * 3600


@public
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and its answer: into the page asked for, or back with the reason."""
    context = {"next": safe_next(request, default="/workplace")}
    if request.method == "GET":
        return render(request, "identity/sign_in.html", context | {"samples_list": queries.sample_accounts()})
    try:
        account_id = services.sign_in(
            username=request.POST.get("username", "").strip(),
            password=request.POST.get("password", ""),
            address=request.META.get("HTTP_X_FORWARDED_FOR", request.META.get("REMOTE_ADDR", ""))
            .split(",")[-1]
            .strip(),
            at=clock.now(),
        )
    except (domain.WrongPassword, domain.LockedOut) as refusal:
        context |= {"refusal": refusal.text(request.LANGUAGE_CODE), "username": request.POST.get("username", "")}
        context |= {"samples_list": queries.sample_accounts()}
        return render(request, "identity/sign_in.html", context, status=refusal.status)
    login(request, PasswordBackend().get_user(account_id), backend=BACKEND)
    return redirect(context["next"])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("/")


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie, and with the account of who is signed in."""
    chosen = "en" if request.POST.get("language") == "en" else "vi"
    if request.user.is_authenticated:
        services.choose_language(account_id=request.user.pk, language=chosen)
    response = redirect(safe_next(request, default="/"))
    response.set_cookie("language", chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


def safe_next(request: HttpRequest, *, default: str) -> str:
    """Where to go afterwards: an address of this space only."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else default
