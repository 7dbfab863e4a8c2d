"""Addresses: every module's own, gathered by listing the modules."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import include, path

from lienthong.bootstrap import health
from lienthong.bootstrap.api import api
from lienthong.bootstrap.settings import modules

handler404 = "lienthong.bootstrap.errors.missing"
handler500 = "lienthong.bootstrap.errors.broken"

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
    path("api/v1/", api.urls),
    *(path("", include(f"{module}.urls")) for module in modules() if find_spec(f"{module}.urls")),
]


def _register_handlers() -> None:
    """Import every module's event handlers, so that they are subscribed wherever the addresses are known."""
    for module in modules():
        if find_spec(f"{module}.handlers"):
            import_module(f"{module}.handlers")


_register_handlers()
