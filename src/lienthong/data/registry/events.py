"""Facts about registers."""

from dataclasses import dataclass
from typing import ClassVar

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RegisterDeclared(Event):
    name: ClassVar[str] = "data.registry.register_declared.v1"
    register: str


@dataclass(frozen=True, kw_only=True)
class RecordsVersioned(Event):
    """Records of one source got new versions, all in the transaction ``xid``; who hears it reads them by that number."""

    name: ClassVar[str] = "data.registry.records_versioned.v1"
    register: str
    source: str
    xid: int
    new: int
    changed: int
