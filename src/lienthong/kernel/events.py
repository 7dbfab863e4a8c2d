"""Events: facts that one module publishes and others hear, as frozen dataclasses of plain values."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints
from uuid import UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that has happened. ``name`` is ``layer.module.fact.v1``; a change of fields makes a ``v2``."""

    name: ClassVar[str]

    @property
    def subject(self) -> str:
        """What the fact is about. Facts about one subject are delivered in the order they were committed."""
        first = dataclasses.fields(self)[0]
        return f"{self.name.rsplit('.', 2)[0]}:{getattr(self, first.name)}"

    @property
    def weight(self) -> int:
        """How much work it stands for, in things that happened: by this a round of delivering is measured."""
        return 1

    def payload(self) -> dict[str, Any]:
        """The fields as JSON values: ids, dates and decimals as text."""
        return {field.name: _dump(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read what `payload` wrote. Unknown fields are ignored, so that an older reader understands a newer writer."""
        hints = _hints(cls)
        return cls(**{key: _load(hints[key], value) for key, value in payload.items() if key in hints})


@cache
def _hints(event: type[Event]) -> dict[str, Any]:
    """The fields of a kind of fact and their types."""
    hints = get_type_hints(event)
    return {field.name: hints[field.name] for field in dataclasses.fields(event)}


def _dump(value: Any) -> Any:
    match value:
        case UUID() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case tuple() | list():
            return [_dump(item) for item in value]
        case dict():
            return {key: _dump(item) for key, item in value.items()}
    return value


def _load(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return _load(next(argument for argument in arguments if argument is not NoneType), value)
    if origin in (tuple, list):
        return origin(_load(arguments[0], item) for item in value)
    if hint in (UUID, Decimal):
        return hint(value)
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    return value
