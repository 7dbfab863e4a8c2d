"""The Merkle tree of RFC 9162 §2.1: hashes, roots, proofs. And what an audit record is."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

ORIGIN = "lienthong/audit"
"""First line of a checkpoint, naming the log."""
EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True)
class Record:
    """One act or look."""

    id: UUID
    by: str
    action: str
    subject: str
    at: datetime
    reason: str = ""
    about: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def canonical(self) -> bytes:
        """The bytes that are hashed: JSON, keys sorted, no spaces, UTF-8, the moment in UTC to the microsecond."""
        body: dict[str, Any] = {
            "about": list(self.about),
            "action": self.action,
            "at": self.at.isoformat(timespec="microseconds"),
            "by": self.by,
            "details": self.details,
            "id": str(self.id),
            "reason": self.reason,
            "subject": self.subject,
        }
        if not self.details:  # texts alone are written the same by both, by one of them five times as fast
            return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True)
class Finding:
    """Something wrong with the log: what, and where."""

    kind: str
    place: str
    text: str


@dataclass(frozen=True)
class Report:
    """What a verification found."""

    records: int
    leaves: int
    checkpoints: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


def leaf_hash(data: bytes) -> bytes:
    """RFC 9162 §2.1.1: SHA-256 over 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 §2.1.1: SHA-256 over 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> list[tuple[int, int]]:
    """The largest complete subtrees of a tree of ``size`` leaves, left to right, as (level, index)."""
    found, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root(nodes: Mapping[tuple[int, int], bytes], size: int) -> bytes:
    """The root hash of the first ``size`` leaves, from the hashes of complete subtrees by (level, index)."""
    if not size:
        return EMPTY_ROOT
    hashes = [nodes[place] for place in peaks(size)]
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def grow(edge: Mapping[tuple[int, int], bytes], size: int, leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """The complete subtrees that appear when leaf hashes are appended to a tree of ``size``.

    :param edge: at least the peaks of the tree before.
    """
    new: dict[tuple[int, int], bytes] = {}
    for offset, value in enumerate(leaves):
        level, index = 0, size + offset
        new[level, index] = value
        while index & 1:
            left = new.get((level, index - 1)) or edge[level, index - 1]
            value = node_hash(left, value)
            level, index = level + 1, index >> 1
            new[level, index] = value
    return new


def inclusion_path(index: int, size: int) -> list[list[tuple[int, int]]]:
    """Which subtrees prove that leaf ``index`` is in a tree of ``size`` (RFC 9162 §2.1.3.1), nearest first. Each sibling is
    given as the complete subtrees it is made of."""
    path, level, last = [], 0, size - 1
    while last:
        sibling = index ^ 1
        if sibling <= last:
            path.append(_cover(level, sibling, size))
        index, last, level = index >> 1, last >> 1, level + 1
    return path


def _cover(level: int, index: int, size: int) -> list[tuple[int, int]]:
    """The complete subtrees that make up node (level, index) of a tree of ``size`` leaves."""
    start = index << level
    width = min(size - start, 1 << level)
    return (
        [(height, (start >> height) + place) for height, place in peaks(width)]
        if width < 1 << level
        else [(level, index)]
    )


def fold_cover(hashes: Sequence[bytes]) -> bytes:
    """The hash of a node from the complete subtrees it is made of."""
    rest = list(hashes)
    result = rest.pop()
    while rest:
        result = node_hash(rest.pop(), result)
    return result


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """RFC 9162 §2.1.3.2: whether the proof shows ``leaf`` (its hash) at ``index`` in the tree with that root."""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == expected_root


def consistency_path(first: int, second: int) -> list[list[tuple[int, int]]]:
    """Which subtrees prove that a tree of ``second`` leaves extends one of ``first`` (RFC 9162 §2.1.4.1)."""
    return _subproof(first, 0, second, True) if 0 < first < second else []


def _subproof(first: int, start: int, width: int, whole: bool) -> list[list[tuple[int, int]]]:
    if first == width:
        return [] if whole else [_span(start, width)]
    half = 1 << (width - 1).bit_length() - 1
    if first <= half:
        return [*_subproof(first, start, half, whole), _span(start + half, width - half)]
    return [*_subproof(first - half, start + half, width - half, False), _span(start, half)]


def _span(start: int, width: int) -> list[tuple[int, int]]:
    return [(level, (start >> level) + index) for level, index in peaks(width)]


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 §2.1.4.2: whether the proof shows that the later tree holds the earlier one unchanged."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    steps = list(proof) if first & (first - 1) else [first_root, *proof]
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def checkpoint_text(size: int, root_hash: bytes) -> bytes:
    """The bytes a checkpoint's signature covers (C2SP tlog-checkpoint): origin, size, root in base64, a line each."""
    return f"{ORIGIN}\n{size}\n{base64.b64encode(root_hash).decode()}\n".encode()
