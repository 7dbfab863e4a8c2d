"""Declaring registers, taking records in one by one or by the file."""

from lienthong.data.registry.services._imports import begin_import, run_import
from lienthong.data.registry.services._records import (
    accept,
    accept_batch,
    add_source,
    close,
    declare,
    end,
    note_look,
)

__all__ = ["accept", "accept_batch", "add_source", "begin_import", "close", "declare", "end", "note_look", "run_import"]
