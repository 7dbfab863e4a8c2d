"""The result that a task is to reach: an indicator that is declared, and the number named for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lienthong.data.intelligence.domain._assigning._deadlines import Both
from lienthong.data.intelligence.domain._questions import Asked
from lienthong.data.intelligence.domain._spans import Word, keys, number_of, said

_REACH = 12
"""Words between an indicator and its number at most."""
_MOST = ("duoi", "xuong", "con", "toi da", "khong qua", "khong vuot", "thap hon")
_LEAST = ("dat", "toi thieu", "it nhat", "tren", "len", "tro len", "khong duoi", "khong thap", "tu", "bang")
_SHARE = re.compile(r"\s*(?:%|phần trăm)")


@dataclass(frozen=True)
class ProposedTarget:
    """A number that an indicator is to reach somewhere."""

    indicator: str
    territory: str
    value: Decimal
    at_least: bool
    words: str


def target_of(
    words: Sequence[Word], text: str, indicators: Sequence[Asked], *, territory: str
) -> tuple[ProposedTarget | None, list[Both]]:
    """The first target that is named, and what was not understood of targets."""
    found: list[ProposedTarget] = []
    doubts: list[Both] = []
    at = 0
    while at < len(words):
        hits = _names_at(words, indicators, at)
        if not hits:
            at += 1
            continue
        end = max(hits)
        target, doubt, at = _number_after(words, text, at, end, hits[end], territory)
        if target:
            found.append(target)
        if doubt:
            doubts.append(doubt)
    if len(found) > 1:
        rest = "; ".join(item.words for item in found[1:])
        doubts.append((f"còn mục tiêu khác: “{rest}”", f"there is another target: “{rest}”"))
    if not found and not doubts and _has_share(words, text):
        doubts.append(
            ("có số phần trăm nhưng không rõ của chỉ tiêu nào", "a percentage is named, but not of which indicator")
        )
    return (found[0] if found else None), doubts


def _names_at(words: Sequence[Word], indicators: Sequence[Asked], at: int) -> dict[int, list[Asked]]:
    found: dict[int, list[Asked]] = {}
    for item in indicators:
        for name in item.names:
            spelled = keys(name)
            if len(spelled) > 1 and said(words, at, spelled):
                known = found.setdefault(at + len(spelled), [])
                if item not in known:
                    known.append(item)
    return found


def _number_after(
    words: Sequence[Word], text: str, begin: int, end: int, items: Sequence[Asked], territory: str
) -> tuple[ProposedTarget | None, Both | None, int]:
    for at in range(end, min(len(words), end + _REACH)):
        plain = number_of(words[at].text)
        if plain is None:
            continue
        share = bool(_SHARE.match(text, words[at].end)) or (at + 1 < len(words) and words[at + 1].text == "%")
        fits = [item for item in items if (item.unit == "%") == share]
        said_words = text[words[begin].begin : words[at].end] + ("%" if share else "")
        if len(fits) != 1 or "/" in words[at].text or _is_time(words, at):
            return None, None, at + 1
        between = " ".join(word.fold for word in words[end:at])
        after = " ".join(word.fold for word in words[at + 1 : at + 5])
        least = _at_least(between, after)
        item = fits[0]
        if least is None:
            return (
                None,
                (f"“{said_words}”: không rõ ít nhất hay nhiều nhất", f"“{said_words}”: at least or at most?"),
                at + 1,
            )
        doubt = None
        if least is not item.up:
            doubt = (f"“{said_words}”: ngược hướng tốt của chỉ tiêu", f"“{said_words}”: against the way that is better")
        return ProposedTarget(item.code, territory, Decimal(plain), least, said_words), doubt, at + 1
    return None, None, end


def _at_least(between: str, after: str) -> bool | None:
    text = f" {between} "
    if " khong duoi " in text or " khong thap " in text or "tro len" in after:
        return True
    if any(f" {cue} " in text for cue in _MOST) or "tro xuong" in after:
        return False
    return True if any(f" {cue} " in text for cue in _LEAST) else None


def _is_time(words: Sequence[Word], at: int) -> bool:
    return at > 0 and words[at - 1].fold in ("ngay", "thang", "quy", "nam", "so")


def _has_share(words: Sequence[Word], text: str) -> bool:
    return any(number_of(word.text) and _SHARE.match(text, word.end) for word in words)
