"""Language models outside: anything that speaks the chat-completions protocol, and the twin that says nothing."""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from lienthong.data.intelligence import conf

MOST_BYTES = 64 * 2**10
"""Bytes of a reply that are read; a structured question takes a few hundred."""
MOST_TOKENS = 800


class Silent(Exception):
    """The model gave nothing that can be used; the message says why, for who runs the space."""


class LanguageModel(Protocol):
    """Fills in a form: what it says is data of the form's schema, or nothing."""

    version: str
    """Which model it is; empty for none."""

    def fill(self, *, task: str, given: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
        """The document it filled in, as it came: nothing of it is checked here.

        :raises Silent: it gave none.
        """


class NoModel:
    """No model is plugged in."""

    version = ""

    def fill(self, *, task: str, given: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
        raise Silent("no model is plugged in")


@dataclass(frozen=True)
class ChatCompletions:
    """A model behind ``POST …/chat/completions``. It follows no redirect, and waits no longer than it is told."""

    url: str
    version: str
    key_file: Path | None
    seconds: float

    def fill(self, *, task: str, given: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
        asked = {
            "model": self.version, "temperature": 0, "max_tokens": MOST_TOKENS,
            "messages": [
                {"role": "system", "content": task},
                {"role": "user", "content": json.dumps(given, ensure_ascii=False)},
            ],
            "response_format": {"type": "json_schema", "json_schema": {"name": "form", "strict": True, "schema": dict(schema)}},
        }  # fmt: skip
        try:
            reply = json.loads(self._post(json.dumps(asked, ensure_ascii=False).encode()))
            return json.loads(reply["choices"][0]["message"]["content"])
        except (OSError, http.client.HTTPException) as error:
            raise Silent(f"it cannot be reached: {type(error).__name__}") from error
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            raise Silent(f"its reply is not of the protocol: {type(error).__name__}") from error

    def _post(self, body: bytes) -> bytes:
        until = time.monotonic() + self.seconds
        address = urlsplit(self.url)
        of_kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = of_kind(address.netloc, timeout=self.seconds)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key_file:
            headers["Authorization"] = f"Bearer {self.key_file.read_text('utf-8').strip()}"
        try:
            connection.request("POST", f"{address.path.rstrip('/')}/chat/completions", body, headers)
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise Silent(f"it answered with status {response.status}")
            read = b""
            while chunk := response.read1(MOST_BYTES):
                read += chunk
                if len(read) > MOST_BYTES:
                    raise Silent("its reply is too long")
                if time.monotonic() > until:
                    raise Silent("it took too long")
            return read
        finally:
            connection.close()


def language_model() -> LanguageModel:
    """The model that this space has plugged in; the silent twin where it has none."""
    if not conf.MODEL_URL:
        return NoModel()
    return ChatCompletions(conf.MODEL_URL, conf.MODEL_NAME, conf.MODEL_KEY_FILE, conf.MODEL_SECONDS)
