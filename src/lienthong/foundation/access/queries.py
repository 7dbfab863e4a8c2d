"""Deciding, and reading who may do what."""

import threading
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.translation import get_language

from lienthong.foundation.access import domain, models
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import Forbidden, NotFound

_lock = threading.Lock()
_index, _number, _mark = domain.Index(), -1, None


class Rights:
    """What one account may do at one moment: made once for a request, asked as often as needed without a query."""

    def __init__(self, account_id: UUID, at: datetime) -> None:
        self.at = at
        self.today = vietnam_date(at)
        self.index = index()
        self.subject = subject(account_id, at)
        self._above: dict[str, tuple[str, ...]] = {}
        self._lines: dict[str, tuple[str, ...]] = {"": ()}

    def decide(self, action: str, *, agency: str = "", territory: str = "", sector: str = "") -> domain.Decision:
        """The decision with its sentence."""
        self.learn([territory])
        if agency not in self._lines:
            self._lines[agency] = directory.agency_path(agency, self.today)
        wanted = domain.Target(agency_path=self._lines[agency], territory_path=self._above[territory], sector=sector)
        return self.index.decide(self.subject, action, wanted, self.at)

    def learn(self, territories: Iterable[str]) -> None:
        """Look up what lies above territories, in one query, so that deciding about each of them needs none."""
        if unknown := set(territories) - self._above.keys():
            self._above |= directory.territory_paths(unknown, self.today)

    def allows(self, action: str, *, agency: str = "", territory: str = "", sector: str = "") -> bool:
        return self.decide(action, agency=agency, territory=territory, sector=sector).allowed

    def require(self, action: str, *, agency: str = "", territory: str = "", sector: str = "") -> None:
        """:raises kernel.errors.Forbidden: with the sentence of the decision."""
        decision = self.decide(action, agency=agency, territory=territory, sector=sector)
        if not decision.allowed:
            raise Forbidden(reason=decision.en if get_language() == "en" else decision.vi)

    def scopes(self, action: str) -> list[domain.Scope]:
        """Where the action is allowed; nothing where it is nowhere."""
        return self.index.scopes(self.subject, action, self.at)

    def territories(self, action: str) -> list[str] | None:
        """The territories in which the action is allowed, with what lies in them; none for all of them.

        :raises kernel.errors.Forbidden: nowhere.
        """
        scopes = self.require_somewhere(action)
        if any(not scope.territory and not scope.agency for scope in scopes):
            return None
        codes = {scope.territory for scope in scopes if scope.territory}
        return sorted(codes | {unit.code for code in codes for unit in directory.units(parent=code, on=self.today)})

    def require_somewhere(self, action: str) -> list[domain.Scope]:
        """Where the action is allowed.

        :raises kernel.errors.Forbidden: nowhere.
        """
        scopes = self.scopes(action)
        if not scopes:
            self.require(action)
        return scopes


def subject(account_id: UUID, at: datetime) -> domain.Subject:
    """An account with the offices it holds at a moment."""
    held = directory.held_positions(account_id, at)
    return domain.Subject(
        account_id,
        tuple((str(position.position_id), position.title) for position in held),
        tuple(dict.fromkeys(position.agency_code for position in held)),
    )


def index() -> domain.Index:
    """The index of all grants, brought up to the last committed change: one small query when nothing changed."""
    global _index, _number, _mark
    row = models.LastChange.objects.filter(id=1).values_list("number", "mark").first()
    number, mark = row or (0, None)
    with _lock:
        if mark == _mark and number == _number:
            return _index
        one_step = models.GrantRow.objects.filter(change__gt=_number) if number == _number + 1 and _mark else None
        if one_step is not None and _follows(_mark):
            for grant in map(to_grant, one_step):
                _index.put(grant)
        else:
            _index = domain.Index.of(map(to_grant, models.GrantRow.objects.iterator(5000)))
        _number, _mark = number, mark
        return _index


def _follows(mark: UUID) -> bool:
    return models.LastChange.objects.filter(id=1, before=mark).exists()


def grants_of(account_id: UUID, at: datetime) -> list[domain.Grant]:
    """The grants an account holds in any of its ways, in force at a moment."""
    known, who = index(), subject(account_id, at)
    return [grant for grant in known.held(who) if known.stands(grant, at)]


def ever_given(*, holder: str) -> set[tuple[str, str, str]]:
    """(action, agency, territory) of everything a holder was ever given first-hand, what was revoked among it."""
    rows = models.GrantRow.objects.filter(holder=holder, parent=None)
    return set(rows.values_list("action", "agency", "territory"))


def delegations_about(*, account_id: UUID, at: datetime) -> list[domain.Grant]:
    """Delegations that concern a person: given or received by them, or given from under an agency they head."""
    who = subject(account_id, at)
    concerned = Q(granted_by=f"account:{account_id}")
    for kind, holder in who.holders():
        concerned |= Q(holder_kind=kind, holder=holder) | Q(parent__holder_kind=kind, parent__holder=holder)
    headed = [position.agency_code for position in directory.held_positions(account_id, at) if position.is_head]
    if headed:
        below = [str(id) for id in directory.positions_below(headed, vietnam_date(at))]
        concerned |= Q(holder_kind="position", holder__in=below) | Q(holder_kind="agency", holder__in=headed)
    rows = models.GrantRow.objects.filter(concerned, parent__isnull=False).order_by("-granted_at", "-id")
    return [to_grant(row) for row in rows[:200]]


def grant(*, id: UUID) -> domain.Grant:
    """One grant.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.GrantRow.objects.filter(id=id).first()
    if row is None:
        raise NotFound(what=f"quyền {id}")
    return to_grant(row)


def reviews(*, grant_ids: Sequence[UUID]) -> dict[UUID, list[domain.Review]]:
    """What was made of delegations and what still waits, the oldest first, in one query."""
    found: dict[UUID, list[domain.Review]] = {}
    for row in models.ReviewRow.objects.filter(grant__in=list(grant_ids)).order_by("taken_at", "id"):
        found.setdefault(row.grant_id, []).append(to_review(row))
    return found


def waiting(*, on: date, at: datetime, given_by: str = "") -> list[tuple[domain.Grant, domain.Review]]:
    """The reviews that are due on a day of delegations that still stand by themselves, the longest due first; of one giver, or
    of all. In one query."""
    rows = models.ReviewRow.objects.select_related("grant").filter(concluded_at=None, review_on__lte=on)
    rows = rows.filter(grant__revoked_at=None, grant__valid_to__gt=at)
    if given_by:
        rows = rows.filter(grant__granted_by=given_by)
    return [(to_grant(row.grant), to_review(row)) for row in rows.order_by("review_on", "id")[:200]]


def judged(*, at: datetime) -> list[tuple[domain.Grant, domain.Review]]:
    """Delegations in force that are judged by results, each with its newest review, in one query."""
    rows = models.ReviewRow.objects.select_related("grant").filter(grant__revoked_at=None, grant__valid_to__gt=at)
    newest = rows.order_by("grant", "-taken_at", "-review_on", "-id").distinct("grant")
    return [(to_grant(row.grant), to_review(row)) for row in newest]


def concluded_in_time(*, since: date, today: date) -> tuple[int, int]:
    """(concluded by their day, all) of the reviews that fell due since a day, in one query. One of a delegation that ran out
    unjudged counts as not; one of a delegation that was revoked without waiting for it is none."""
    rows = models.ReviewRow.objects.filter(review_on__gte=since, review_on__lt=today)
    rows = rows.exclude(concluded_at=None, grant__revoked_at__isnull=False)
    counted = rows.aggregate(done=Count("id", filter=Q(concluded_at__date__lte=F("review_on"))), all=Count("id"))
    return counted["done"], counted["all"]


def by_delegation(subject: domain.Subject, action: str, at: datetime, known: domain.Index) -> bool | None:
    """Whether someone has an authority by delegation alone; none where they have it in no way."""
    standing = [
        held.parent_id is not None
        for held in known.held(subject)
        if domain.covers_action(held.scope.action, action) and known.stands(held, at)
    ]
    return all(standing) if standing else None


def to_review(row: models.ReviewRow) -> domain.Review:
    """The review as people read it."""
    goal = domain.Goal(tuple(row.indicators), row.territory, row.baseline, row.review_on)
    return domain.Review(
        row.id, row.grant_id, goal, row.taken_at, domain.Conclusion(row.conclusion) if row.conclusion else None, row.reason,
        row.measured, row.concluded_by, row.concluded_at, row.successor_id,
    )  # fmt: skip


def stranger(at: datetime) -> Rights:
    """What anybody may do who is not signed in: what no account may that was given nothing."""
    return Rights(UUID(int=0), at)


def to_grant(row: models.GrantRow) -> domain.Grant:
    """The grant as it is decided over."""
    return domain.Grant(
        id=row.id, holder_kind=domain.HolderKind(row.holder_kind), holder=row.holder, holder_name=row.holder_name,
        scope=domain.Scope(row.action, row.agency, row.territory, row.sector), valid_from=row.valid_from,
        valid_to=row.valid_to, basis=row.basis, may_delegate=row.may_delegate, parent_id=row.parent_id,
        granted_by=row.granted_by, revoked_at=row.revoked_at,
    )  # fmt: skip
