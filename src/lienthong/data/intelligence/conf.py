"""What a space decides about models from outside; read once."""

from pathlib import Path

from django.conf import settings

MODEL_URL: str = settings.LIENTHONG_LANGUAGE_MODEL_URL
"""Where a language model speaks the chat-completions protocol (``https://…/v1``); empty: none, the house's rules alone."""
MODEL_NAME: str = settings.LIENTHONG_LANGUAGE_MODEL
MODEL_KEY_FILE = Path(settings.LIENTHONG_LANGUAGE_MODEL_KEY) if settings.LIENTHONG_LANGUAGE_MODEL_KEY else None
MODEL_SECONDS: int = settings.LIENTHONG_LANGUAGE_MODEL_SECONDS
