"""What every page knows: the space's name, its version, the language to switch to."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

import lienthong

NAVIGATION = [
    {"href": "/boards", "vi": "Bảng điều hành", "en": "Boards"},
    {"href": "/directives", "vi": "Chỉ đạo", "en": "Direction"},
    {"href": "/kpis", "vi": "Kết quả", "en": "Results"},
    {"href": "/registers", "vi": "Cơ sở dữ liệu", "en": "Registers"},
    {"href": "/quality", "vi": "Chất lượng dữ liệu", "en": "Data quality"},
    {"href": "/model", "vi": "Mô hình", "en": "The model"},
]


def space(request: HttpRequest) -> dict:
    """Context of the base template."""
    return {
        "space_name": settings.LIENTHONG_SPACE_NAME,
        "version": lienthong.__version__,
        "navigation": NAVIGATION,
        "samples": settings.LIENTHONG_SAMPLES,
        "other_language": "en" if get_language() == "vi" else "vi",
    }
