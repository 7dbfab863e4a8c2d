"""Other forms in which a register's facts come: the messages of a national sync, an older system's export."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from lienthong.kernel.errors import Refusal


class Profile(Protocol):
    """How rows of another form become records of a register. A file whose headings a profile recognises is read through it."""

    register: str

    def recognises(self, headers: Collection[str]) -> bool:
        """Whether a file with these headings is of this form."""

    def translate(self, rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]] | Refusal]:
        """For each row the payloads it tells, mostly one; or why it tells none."""
