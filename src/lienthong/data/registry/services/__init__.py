"""Declaring registers, taking records in one by one or by the file, tokens of the intake."""

from lienthong.data.registry.adapters import add_profile
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
from lienthong.data.registry.services._tokens import issue_token, revoke_token

__all__ = [
    "accept",
    "accept_batch",
    "add_profile",
    "add_source",
    "begin_import",
    "close",
    "declare",
    "end",
    "issue_token",
    "note_look",
    "revoke_token",
    "run_import",
]
