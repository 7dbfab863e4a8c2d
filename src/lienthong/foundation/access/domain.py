"""Grants, delegations, and the index that decides over them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.clock import VIETNAM
from lienthong.kernel.errors import Refusal

MAXIMUM_DEPTH = 5
"""How many times authority may be handed on."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class CannotDelegate(Refusal):
    code: ClassVar[str] = "access.cannot_delegate"
    status: ClassVar[int] = 403
    vi: ClassVar[str] = "Không ủy quyền được: {problem}."
    en: ClassVar[str] = "This cannot be delegated: {problem_en}."


class CannotConclude(Refusal):
    code: ClassVar[str] = "access.cannot_conclude"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = "Không kết luận được về ủy quyền này: {problem}."
    en: ClassVar[str] = "This delegation cannot be concluded on: {problem_en}."


class NotTheGiver(Refusal):
    code: ClassVar[str] = "access.not_the_giver"
    status: ClassVar[int] = 403
    vi: ClassVar[str] = "Chỉ người đã ủy quyền mới kết luận về ủy quyền này."
    en: ClassVar[str] = "Only who gave this delegation concludes on it."


class HolderKind(StrEnum):
    """Who can hold a grant."""

    ACCOUNT = "account"
    POSITION = "position"
    AGENCY = "agency"


@dataclass(frozen=True)
class Scope:
    """What and where: an action (``commons.direction.issue``, or all under a name: ``commons.direction.*``), the subtree
    of an agency, the subtree of a territory, a sector. An empty place or sector means every one."""

    action: str
    agency: str = ""
    territory: str = ""
    sector: str = ""


@dataclass(frozen=True)
class Grant:
    """One piece of authority."""

    id: UUID
    holder_kind: HolderKind
    holder: str
    scope: Scope
    valid_from: datetime
    valid_to: datetime | None
    basis: str
    may_delegate: bool
    parent_id: UUID | None
    granted_by: str
    revoked_at: datetime | None = None
    holder_name: str = ""
    """How the holder is called in sentences: a title, a person's or an agency's name."""

    @property
    def ends(self) -> datetime:
        """When it is over, by its date or by being revoked."""
        return min(self.valid_to or _NEVER, self.revoked_at or _NEVER)

    def in_force(self, at: datetime) -> bool:
        return self.valid_from <= at < self.ends


@dataclass(frozen=True)
class Subject:
    """Who acts: an account with the offices and agencies it acts from."""

    account_id: UUID
    positions: tuple[tuple[str, str], ...] = ()
    """(position id, title)."""
    agencies: tuple[str, ...] = ()

    def holders(self) -> Iterator[tuple[HolderKind, str]]:
        """Every way in which it may hold a grant."""
        yield HolderKind.ACCOUNT, str(self.account_id)
        for position, _ in self.positions:
            yield HolderKind.POSITION, position
        for code in self.agencies:
            yield HolderKind.AGENCY, code


@dataclass(frozen=True)
class Target:
    """What is acted on: the agency and territory it belongs to, each with those above it, and its sector."""

    agency_path: tuple[str, ...] = ()
    territory_path: tuple[str, ...] = ("",)
    sector: str = ""

    def places(self) -> list[tuple[str, str, str]]:
        """Every (agency, territory, sector) of a scope that takes it in, the nearest first."""
        paths = (*self.agency_path, ""), (*self.territory_path, ""), (self.sector, "")
        return list(product(*map(dict.fromkeys, paths)))


@dataclass(frozen=True)
class Decision:
    """The answer and the sentence that explains it."""

    allowed: bool
    vi: str
    en: str
    grant_id: UUID | None = None


class Conclusion(StrEnum):
    """What who gave a delegation makes of its results."""

    CONTINUE = "continue"
    WIDEN = "widen"
    NARROW = "narrow"
    REVOKE = "revoke"

    @property
    def vi(self) -> str:
        return _CONCLUSIONS[self][0]

    @property
    def en(self) -> str:
        return _CONCLUSIONS[self][1]

    @property
    def changes_scope(self) -> bool:
        """Whether another delegation takes the place of this one: terms never change."""
        return self in (Conclusion.WIDEN, Conclusion.NARROW)


_CONCLUSIONS = {
    Conclusion.CONTINUE: ("Tiếp tục", "Continue"),
    Conclusion.WIDEN: ("Mở rộng", "Widen"),
    Conclusion.NARROW: ("Thu hẹp", "Narrow"),
    Conclusion.REVOKE: ("Thu hồi", "Revoke"),
}


@dataclass(frozen=True)
class Goal:
    """By what a delegation is judged: the indicators, where they are read, what they said when it was granted, and the day on
    which who gave it looks again."""

    indicators: tuple[str, ...]
    territory: str
    baseline: Mapping[str, str | None]
    """Exact decimals by indicator; none where nothing was held."""
    review_on: date


@dataclass(frozen=True)
class Review:
    """One look at what came of a delegation: due, or concluded."""

    id: UUID
    grant_id: UUID
    goal: Goal
    taken_at: datetime
    """When the baseline was read."""
    conclusion: Conclusion | None = None
    reason: str = ""
    measured: Mapping[str, str | None] = field(default_factory=dict)
    """What the indicators said when it was concluded on."""
    concluded_by: str = ""
    concluded_at: datetime | None = None
    successor_id: UUID | None = None
    """The wider or narrower delegation that took its place."""

    def due(self, today: date) -> bool:
        return self.conclusion is None and self.goal.review_on <= today


def covers_action(granted: str, wanted: str) -> bool:
    """Whether a granted action, exact or all under a name, takes in another."""
    if granted.endswith(".*"):
        return wanted == granted[:-2] or wanted.startswith(granted[:-1])
    return granted == wanted


@lru_cache(maxsize=4096)
def covering_actions(wanted: str) -> tuple[str, ...]:
    """Every granted action that takes in another: itself, and all under each of its names."""
    above = (f"{wanted[:dot]}.*" for dot, sign in enumerate(f"{wanted}.") if sign == ".")
    return tuple(dict.fromkeys((wanted, *above)))


def covers(scope: Scope, action: str, target: Target) -> bool:
    """Whether a scope takes in an action on a target."""
    return (
        covers_action(scope.action, action)
        and (not scope.agency or scope.agency in target.agency_path)
        and (not scope.territory or scope.territory in target.territory_path)
        and (not scope.sector or scope.sector == target.sector)
    )


def within(inner: Scope, outer: Scope, *, agency_path: tuple[str, ...], territory_path: tuple[str, ...]) -> bool:
    """Whether a scope gives nothing that another does not. The paths are those of the inner one's places."""
    wanted = inner.action.removesuffix(".*")
    action = covers_action(outer.action, wanted) and (not inner.action.endswith(".*") or outer.action.endswith(".*"))
    return (
        action
        and (not outer.agency or (bool(inner.agency) and outer.agency in agency_path))
        and (not outer.territory or (bool(inner.territory) and outer.territory in territory_path))
        and (not outer.sector or outer.sector == inner.sector)
    )


@dataclass
class _Authority:
    """What one holder has under one action: the grants by (agency, territory, sector), the last to end at the end."""

    example: Scope
    by_place: dict[tuple[str, str, str], list[Grant]] = field(default_factory=dict)


@dataclass
class Index:
    """All grants of a space in memory, by holder, action and place. A decision looks up the places that the target lies in
    and the names its action lies under, so that its cost is the depth of the target, however many grants there are.

    One thread may put while others read: they walk over copies, and over lists that are replaced and never changed.
    """

    grants: dict[UUID, Grant] = field(default_factory=dict)
    by_holder: dict[tuple[HolderKind, str], dict[str, _Authority]] = field(default_factory=dict)

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> "Index":
        index = cls({grant.id: grant for grant in grants})
        for grant in sorted(index.grants.values(), key=_end):
            by_place, place = index._place(grant)
            by_place.setdefault(place, []).append(grant)
        return index

    def put(self, grant: Grant) -> None:
        """Add a grant, or take in that it was revoked: its other terms never change."""
        self.grants[grant.id] = grant
        by_place, place = self._place(grant)
        others = [other for other in by_place.get(place, ()) if other.id != grant.id]
        by_place[place] = sorted([*others, grant], key=_end)

    def _place(self, grant: Grant) -> tuple[dict[tuple[str, str, str], list[Grant]], tuple[str, str, str]]:
        scope = grant.scope
        by_action = self.by_holder.setdefault((grant.holder_kind, grant.holder), {})
        authority = by_action.setdefault(scope.action, _Authority(scope))
        return authority.by_place, (scope.agency, scope.territory, scope.sector)

    def held(self, subject: Subject) -> Iterator[Grant]:
        """The grants a subject holds, in force or not."""
        for holder in subject.holders():
            for authority in tuple(self.by_holder.get(holder, {}).values()):
                yield from _all(authority)

    def _under(self, subject: Subject, action: str) -> Iterator[_Authority]:
        """What a subject holds that takes in an action, wherever it holds."""
        for holder in subject.holders():
            if by_action := self.by_holder.get(holder):
                yield from (by_action[name] for name in covering_actions(action) if name in by_action)

    def chain(self, grant: Grant) -> Iterator[Grant]:
        """A grant and those it stands on, up to the first."""
        seen = set()
        while grant is not None and grant.id not in seen:
            seen.add(grant.id)
            yield grant
            grant = self.grants.get(grant.parent_id) if grant.parent_id else None

    def stands(self, grant: Grant, at: datetime) -> bool:
        """Whether a grant and every one it stands on are in force; a chain with a missing link or a circle is not."""
        last = grant
        for link in self.chain(grant):
            if not link.in_force(at):
                return False
            last = link
        return last.parent_id is None

    def decide(self, subject: Subject, action: str, target: Target, at: datetime) -> Decision:
        """Whether a subject may do an action on a target, and why."""
        lapsed: Grant | None = None
        elsewhere: Scope | None = None
        places = target.places()
        for authority in self._under(subject, action):
            elsewhere = elsewhere or authority.example
            for place in places:
                for grant in reversed(authority.by_place.get(place, ())):
                    if self.stands(grant, at):
                        return _allowed(grant)
                    lapsed = lapsed or grant
                    if grant.ends <= at:
                        break
        return _lapsed(lapsed, at) if lapsed else _denied(elsewhere)

    def scopes(self, subject: Subject, action: str, at: datetime) -> list[Scope]:
        """Where a subject may do an action."""
        held = (grant for authority in self._under(subject, action) for grant in _all(authority))
        return [grant.scope for grant in held if self.stands(grant, at)]


def _end(grant: Grant) -> datetime:
    return grant.ends


def _all(authority: _Authority) -> Iterator[Grant]:
    for grants in tuple(authority.by_place.values()):
        yield from grants


def _allowed(grant: Grant) -> Decision:
    vi, en = _HOLDERS[grant.holder_kind]
    holder, holder_en = grant.holder_name or vi, grant.holder_name or en
    by, by_en = (" được ủy quyền", " has by delegation") if grant.parent_id else ("", " has")
    until = f", đến {_day(grant.valid_to)}" if grant.valid_to else ""
    until_en = f", until {_day(grant.valid_to)}" if grant.valid_to else ""
    return Decision(
        True,
        f"được phép, vì {holder}{by} có quyền {grant.scope.action}{_where(grant.scope)} theo {grant.basis}{until}",
        f"allowed, because {holder_en}{by_en} {grant.scope.action}{_where_en(grant.scope)} by {grant.basis}{until_en}",
        grant.id,
    )


_HOLDERS = {
    HolderKind.ACCOUNT: ("tài khoản này", "this account"),
    HolderKind.POSITION: ("chức vụ này", "this office"),
    HolderKind.AGENCY: ("cơ quan này", "this agency"),
}


def _denied(elsewhere: Scope | None) -> Decision:
    if elsewhere is None:
        return Decision(
            False,
            "chưa có quyết định nào giao quyền này cho bạn; hãy đề nghị người phụ trách giao quyền hoặc ủy quyền",
            "no decision gives you this authority; ask whoever is in charge to grant or delegate it",
        )
    return Decision(
        False,
        f"quyền của bạn chỉ có hiệu lực{_where(elsewhere)}",
        f"your authority holds only{_where_en(elsewhere)}",
    )


def _lapsed(grant: Grant, at: datetime) -> Decision:
    """What ended, has not begun, or lost its ground."""
    if grant.revoked_at is not None and grant.revoked_at <= at:
        day = _day(grant.revoked_at)
        return Decision(False, f"quyền đã bị thu hồi ngày {day}", f"the authority was revoked on {day}")
    if grant.valid_to is not None and grant.valid_to <= at:
        day = _day(grant.valid_to)
        return Decision(False, f"quyền đã hết hiệu lực ngày {day}", f"the authority ended on {day}")
    if grant.valid_from > at:
        day = _day(grant.valid_from)
        return Decision(False, f"quyền chỉ có hiệu lực từ ngày {day}", f"the authority begins on {day}")
    return Decision(
        False,
        "quyền gốc mà ủy quyền này dựa vào không còn hiệu lực",
        "the authority that this delegation stands on is no longer in force",
    )


def _where(scope: Scope) -> str:
    return _places(scope, " trong cơ quan {}", " tại địa bàn {}", " thuộc lĩnh vực {}")


def _where_en(scope: Scope) -> str:
    return _places(scope, " within agency {}", " in territory {}", " for the sector {}")


def _places(scope: Scope, *phrases: str) -> str:
    places = (scope.agency, scope.territory, scope.sector)
    return "".join(phrase.format(place) for phrase, place in zip(phrases, places, strict=True) if place)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y}"
