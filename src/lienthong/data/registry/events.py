"""Facts about registers."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RegisterDeclared(Event):
    name: ClassVar[str] = "data.registry.register_declared.v1"
    register: str


@dataclass(frozen=True, kw_only=True)
class SourceAdded(Event):
    name: ClassVar[str] = "data.registry.source_added.v1"
    register: str
    source: str


@dataclass(frozen=True, kw_only=True)
class RecordsVersioned(Event):
    """Records of one source got new versions, all in the transaction ``xid``; who hears it reads them by that number."""

    name: ClassVar[str] = "data.registry.records_versioned.v1"
    register: str
    source: str
    xid: int
    new: int
    changed: int

    @property
    def weight(self) -> int:
        return self.new + self.changed


@dataclass(frozen=True, kw_only=True)
class ImportBegun(Event):
    """A file stands in line to be taken in."""

    name: ClassVar[str] = "data.registry.import_begun.v1"
    import_id: UUID
    register: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """A file has been taken in, or was found to be none."""

    name: ClassVar[str] = "data.registry.import_finished.v1"
    import_id: UUID
    register: str
    source: str
    new: int
    changed: int
    refused: int
