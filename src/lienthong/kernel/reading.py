"""Reading once: what is declared does not change while one request reads, so it is looked up once for all who ask."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_known: ContextVar[dict[Callable[[], Any], Any] | None] = ContextVar("known", default=None)


@contextmanager
def together() -> Iterator[None]:
    """What is read inside belongs together and changes nothing; each thing is looked up once."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def once(look_up: Callable[[], T]) -> Callable[[], T]:
    """Let a function without arguments run once for readings that belong together, else each time it is called. Nobody may
    change what it gives."""

    @functools.wraps(look_up)
    def read() -> T:
        known = _known.get()
        if known is None:
            return look_up()
        if look_up not in known:
            known[look_up] = look_up()
        return known[look_up]

    return read
