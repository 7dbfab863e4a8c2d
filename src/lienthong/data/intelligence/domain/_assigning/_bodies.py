"""Bodies as documents name them: in full, by short forms, as a head's title, in lists, as groups."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lienthong.data.intelligence.domain._spans import NICKNAMES, Word, keys, said

Spelled = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Body:
    """An agency as documents may name it."""

    code: str
    name: str
    territory: str = ""
    place: str = ""
    """The name of its territory's province, for communes: which of several of one name is meant."""
    sector: str = ""


@dataclass(frozen=True)
class NamedBody:
    """A body that is named in a text."""

    words: str
    code: str = ""
    """Empty where it is in no directory, or is not one body."""
    instead: str = ""
    """Who may be meant: the successor of one that is no more."""
    group: bool = False
    """Many at once: "các bộ, ngành"."""


_SHORT = {
    "văn phòng chính phủ": ("VPCP",),
    "ngân hàng nhà nước việt nam": ("NHNN", "Ngân hàng Nhà nước", "Thống đốc Ngân hàng Nhà nước"),
    "thanh tra chính phủ": ("TTCP", "Tổng Thanh tra Chính phủ"), "bảo hiểm xã hội việt nam": ("BHXH Việt Nam", "BHXHVN"),
    "ủy ban trung ương mặt trận tổ quốc việt nam": ("MTTQ Việt Nam", "UBTW MTTQ Việt Nam", "Mặt trận Tổ quốc Việt Nam"),
    "kiểm toán nhà nước": ("KTNN", "Tổng Kiểm toán nhà nước"), "văn phòng quốc hội": ("VPQH",),
}  # fmt: skip
_TITLES = tuple(
    keys(words)
    for words in (
        "đồng chí", "các đồng chí", "bộ trưởng", "chủ tịch", "phó chủ tịch", "thủ trưởng", "giám đốc", "chánh văn phòng", "các",
        "cho", "trưởng ban", "lãnh đạo", "người đứng đầu",
    )
)  # fmt: skip
_GROUPS = tuple(
    keys(words)
    for words in (
        "các bộ ngành và địa phương", "các bộ ngành địa phương", "các bộ ngành trung ương", "các bộ ngành",
        "các bộ cơ quan ngang bộ",
        "cơ quan thuộc chính phủ", "các cơ quan thuộc chính phủ", "các bộ", "các địa phương", "các cơ quan đơn vị", "các cơ quan",
        "các đơn vị", "ubnd các tỉnh thành phố", "ủy ban nhân dân các tỉnh thành phố", "ubnd các tỉnh",
        "ubnd cấp tỉnh", "ubnd cấp xã",
        "ubnd các xã phường", "các tỉnh thành phố", "các sở ngành", "các sở ban ngành", "các xã phường", "bộ ngành", "địa phương",
        "cơ quan ngang bộ", "các tỉnh ủy thành ủy", "ubnd các địa phương",
    )
)  # fmt: skip
_LONGEST_GROUPS = sorted(_GROUPS, key=len, reverse=True)
_SUFFIXES = tuple(
    keys(words) for words in ("trực thuộc trung ương", "có liên quan", "liên quan", "trung ương", "địa phương")
)
_KINDS = frozenset(["so", "cuc", "vu", "ban", "phong", "vien", "truong"])
_COMMITTEES = tuple(
    keys(words) for words in ("UBND", "Ủy ban nhân dân", "Công an", "Bộ Chỉ huy quân sự", "Thành ủy", "Tỉnh ủy")
)
_MINISTRY_HEADS = (keys("các bộ"), keys("bộ trưởng các bộ"))
_PLACE_HEADS = tuple(
    keys(f"{head} {rest}")
    for head in ("UBND", "Ủy ban nhân dân")
    for rest in ("các tỉnh thành phố", "các tỉnh", "các thành phố", "tỉnh thành phố")
)
_MARK = re.compile(r"[,;:()]")


@dataclass(frozen=True)
class Bodies:
    """The bodies that a text may name, found by the first word of each of their names."""

    known: tuple[Body, ...]
    formers: tuple[tuple[str, str], ...] = ()
    """(name of a place that is no more, code of the body that carries on)"""

    @cached_property
    def by_code(self) -> dict[str, Body]:
        return {item.code: item for item in self.known}

    @cached_property
    def _aliases(self) -> dict[str, list[tuple[Spelled, Body]]]:
        found: dict[str, list[tuple[Spelled, Body]]] = {}
        for body in self.known:
            for name in _called(body):
                spelled = keys(name)
                found.setdefault(spelled[0][0], []).append((spelled, body))
        for items in found.values():
            items.sort(key=lambda item: -len(item[0]))
        return found

    @cached_property
    def _short(self) -> dict[str, list[tuple[Spelled, Body]]]:
        """Ministries by what follows "Bộ", committees by the name of their place: how lists name them."""
        found: dict[str, list[tuple[Spelled, Body]]] = {"bo": [], "ubnd": []}
        for body in self.known:
            if body.name.startswith("Bộ "):
                found["bo"].append((keys(body.name.removeprefix("Bộ ")), body))
            if body.name.startswith("Ủy ban nhân dân ") and len(body.territory) == 2:
                for kind in ("tỉnh ", "thành phố "):
                    name = body.name.removeprefix("Ủy ban nhân dân ").removeprefix(kind)
                    found["ubnd"].append((keys(name), body))
        for items in found.values():
            items.sort(key=lambda item: -len(item[0]))
        return found

    def list_at(self, words: Sequence[Word], text: str, at: int) -> tuple[list[NamedBody], int]:
        """The bodies named one after another from a word on, and where they end."""
        found: list[NamedBody] = []
        end = at
        while True:
            named, stop = self._at(words, text, end if not found else _joined(words, text, end))
            if not named:
                return found, end
            if found and found[-1].group and named[0].group:
                first = words[at].begin
                found[-1] = NamedBody(
                    text[first : words[stop - 1].end] if len(found) == 1 else found[-1].words, group=True
                )
            else:
                found += named
            end = _past_brackets(words, text, stop)

    def _at(self, words: Sequence[Word], text: str, at: int) -> tuple[list[NamedBody], int]:
        """What is named here; nothing where nothing is."""
        if at < 0 or at >= len(words):
            return [], at
        for kind, heads in (("bo", _MINISTRY_HEADS), ("ubnd", _PLACE_HEADS)):
            for head in heads:
                if said(words, at, head):
                    named, end = self._short_list(words, text, at + len(head), kind)
                    if named:
                        return named, end
        for spelled in _LONGEST_GROUPS:
            if said(words, at, spelled):
                end = _with_suffix(words, at + len(spelled))
                return [NamedBody(_between(words, text, at, end), group=True)], end
        begin = at
        while True:
            if hit := self._body_at(words, text, begin):
                return hit
            step = next((len(title) for title in _TITLES if said(words, begin, title)), 0)
            if not step or begin + step >= len(words):
                return [], at
            begin += step

    def _short_list(self, words: Sequence[Word], text: str, at: int, kind: str) -> tuple[list[NamedBody], int]:
        found: list[NamedBody] = []
        end = at
        while True:
            begin = end if not found else _joined(words, text, end)
            hit = next(
                ((spelled, body) for spelled, body in self._short[kind] if begin >= 0 and said(words, begin, spelled)),
                None,
            )
            if hit is None:
                return found, end
            end = begin + len(hit[0])
            found.append(NamedBody(_between(words, text, begin, end), hit[1].code))

    def _body_at(self, words: Sequence[Word], text: str, at: int) -> tuple[list[NamedBody], int] | None:
        hits = [item for item in self._aliases.get(words[at].fold, ()) if said(words, at, item[0])]
        if hits:
            longest = len(hits[0][0])
            bodies = {body.code: body for spelled, body in hits if len(spelled) == longest}
            end = at + longest
            place, stop = _place_after(words, text, end, list(bodies.values()))
            chosen = [body for body in bodies.values() if not place or body.place == place]
            code = chosen[0].code if len(chosen) == 1 else ""
            return [NamedBody(_between(words, text, at, stop), code)], stop
        return self._unknown_at(words, text, at)

    def _unknown_at(self, words: Sequence[Word], text: str, at: int) -> tuple[list[NamedBody], int] | None:
        """A body by its form alone: a department, an office, the committee or police of a place, in no directory."""
        for head in _COMMITTEES:
            if said(words, at, head):
                begin = at + len(head)
                while begin < len(words) and words[begin].fold in ("tinh", "thanh", "pho", "tp", "xa", "phuong"):
                    begin += 1
                end = _capitals(words, text, begin)
                if end > begin:
                    name = _between(words, text, begin, end)
                    instead = next((code for former, code in self.formers if keys(former) == keys(name)), "")
                    return [NamedBody(_between(words, text, at, end), instead=instead)], end
        if words[at].fold in _KINDS and words[at].text[:1].isupper() and at + 1 < len(words):
            for spelled, _ in self._short["bo"]:
                if said(words, at + 1, spelled):
                    end = at + 1 + len(spelled)
                    return [NamedBody(_between(words, text, at, end))], end
            end = _capitals(words, text, at + 1)
            if end > at + 1:
                return [NamedBody(_between(words, text, at, end))], end
        return None


def _called(body: Body) -> list[str]:
    """What a body is called: its name and its short forms."""
    name = re.sub(r"\s*\(.*?\)", "", body.name)
    found = [name, *_SHORT.get(name.lower(), ())]
    if name.startswith("Bộ "):
        parts = re.split(r",\s*|\s+và\s+", name.removeprefix("Bộ "))
        initials = ["".join(word[0] for word in part.split()).upper() for part in parts]
        if len("".join(initials)) > 1:
            found += [f"Bộ {''.join(initials)}", f"Bộ {' '.join(initials)}"]
    if name.startswith("Ủy ban nhân dân "):
        place = name.removeprefix("Ủy ban nhân dân ")
        forms = {place, place.replace("thành phố ", "TP "), place.replace("phường ", "P ")}
        if len(body.territory) == 2:
            plain = place.removeprefix("tỉnh ").removeprefix("thành phố ")
            forms |= {
                plain,
                f"tỉnh {plain}",
                f"thành phố {plain}",
                f"TP {plain}",
                *(nick for nick, meant in NICKNAMES.items() if meant == (plain,)),
            }
        found += [f"{head} {form}" for head in ("UBND", "Ủy ban nhân dân") for form in forms]
    if name.startswith("Ủy ban Mặt trận Tổ quốc Việt Nam "):
        place = name.removeprefix("Ủy ban Mặt trận Tổ quốc Việt Nam ")
        found += [f"{head} {place}" for head in ("MTTQ", "Ủy ban MTTQ Việt Nam", "UBMTTQ Việt Nam", "Mặt trận Tổ quốc")]
    return found


def _between(words: Sequence[Word], text: str, begin: int, end: int) -> str:
    return text[words[begin].begin : words[end - 1].end]


def _gap(words: Sequence[Word], text: str, at: int) -> str:
    """What stands before a word."""
    return text[words[at - 1].end : words[at].begin] if 0 < at < len(words) else ""


def _joined(words: Sequence[Word], text: str, at: int) -> int:
    """Where a list goes on after a comma or "và"; -1 where it does not."""
    if at >= len(words):
        return -1
    comma = "," in _gap(words, text, at)
    if words[at].fold in ("va", "cung") and at + 1 < len(words):
        return at + 1
    return at if comma else -1


def _past_brackets(words: Sequence[Word], text: str, at: int) -> int:
    """Past what is in brackets behind a name."""
    if "(" not in _gap(words, text, at):
        return at
    close = text.find(")", words[at].begin)
    while at < len(words) and words[at].end <= close:
        at += 1
    return at


def _with_suffix(words: Sequence[Word], at: int) -> int:
    for spelled in _SUFFIXES:
        if said(words, at, spelled):
            return at + len(spelled)
    return at


def _place_after(words: Sequence[Word], text: str, at: int, bodies: Sequence[Body]) -> tuple[str, int]:
    """The province named behind a commune's committee."""
    begin = at
    while begin < len(words) and words[begin].fold in ("tinh", "thanh", "pho", "tp", "thuoc"):
        begin += 1
    for body in bodies:
        spelled = keys(body.place) if body.place else ()
        if spelled and said(words, begin, spelled):
            return body.place, begin + len(spelled)
    return "", at


def _capitals(words: Sequence[Word], text: str, at: int) -> int:
    """Where a run of words written with capitals ends; "và" goes on within it."""
    end = at
    while (
        end < len(words) and words[end].text[:1].isupper() and not (end > at and _MARK.search(_gap(words, text, end)))
    ):
        end += 1
        if (
            end + 1 < len(words)
            and words[end].fold == "va"
            and words[end + 1].text[:1].isupper()
            and words[end + 1].fold not in _KINDS
        ):
            end += 1
    return end
