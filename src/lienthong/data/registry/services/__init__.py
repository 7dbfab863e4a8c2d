"""Declaring registers, taking records in one by one or by the file."""

from lienthong.data.registry.services._records import accept, accept_batch, close, declare

__all__ = ["accept", "accept_batch", "close", "declare"]
