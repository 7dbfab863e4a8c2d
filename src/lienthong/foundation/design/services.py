"""What doors share: saying a thing in the reader's language, and saying who may open a page."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language


def say(vi: str, en: str, /, **data: Any) -> str:
    """The sentence in the language of the current request; ``data`` is put in and escaped."""
    sentence = en if get_language() == "en" else vi
    return format_html(sentence, **data) if data else sentence


def public(view: Callable) -> Callable:
    """Mark a view that strangers may open. Every other view needs sign-in."""
    view.is_public = True
    return view
