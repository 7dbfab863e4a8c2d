"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lienthong.foundation.design.services import public


@public
def front(request: HttpRequest) -> HttpResponse:
    """What this space is, and the ways in."""
    return render(request, "portal/front.html")
