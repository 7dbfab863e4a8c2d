"""What every page knows: the space's name, its version, the language to switch to."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

import lienthong

NAVIGATION = [
    {"href": "/boards", "vi": "Bảng điều hành", "en": "Boards", "needs": "channels.dashboards.view"},
    {"href": "/directives", "vi": "Chỉ đạo", "en": "Direction", "needs": "commons.direction.read"},
    {"href": "/insights", "vi": "Phát hiện", "en": "Insights", "needs": "data.intelligence.read"},
    {"href": "/kpis", "open": "/results", "vi": "Kết quả", "en": "Results", "needs": "channels.kpis.view"},
    {"href": "/registers", "vi": "Cơ sở dữ liệu", "en": "Registers"},
    {"href": "/quality", "vi": "Chất lượng dữ liệu", "en": "Data quality", "needs": "data.quality.read"},
    {"href": "/model", "vi": "Mô hình", "en": "The model"},
]
"""The main menu; who may do nowhere what a part needs is not offered it. Strangers see all of it, are led
to what is open of a part, if anything is, and else are asked to sign in."""


def space(request: HttpRequest) -> dict:
    """Context of the base template."""
    known = getattr(request, "user", None) is not None and request.user.is_authenticated
    return {
        "space_name": settings.LIENTHONG_SPACE_NAME,
        "version": lienthong.__version__,
        "navigation": [
            item if known else item | {"href": item.get("open", item["href"])}
            for item in NAVIGATION
            if not known or "needs" not in item or request.rights.scopes(item["needs"])
        ],
        "samples": settings.LIENTHONG_SAMPLES,
        "other_language": "en" if get_language() == "vi" else "vi",
    }
