"""The life of an assessment: computed → self-scored → appraised → published → appealed → final (domain §6.3.2), and through it
again where what was published is reopened; who may take which step, and what a body is asked for in public."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from lienthong.channels.kpis.domain._framework import Framework
from lienthong.channels.kpis.domain._periods import Span
from lienthong.channels.kpis.domain._scoring import Result
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import Refusal


class WrongStep(Refusal):
    code: ClassVar[str] = "kpis.wrong_step"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = "Kết quả đang ở bước “{state}” nên chưa thể {step}. Hãy tải lại trang để xem việc làm được."
    en: ClassVar[str] = "The result is {state_en}, so it cannot be {step_en}. Reload to see what can be done."


class NotOver(Refusal):
    code: ClassVar[str] = "kpis.period_not_over"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = "Kỳ {period} kết thúc ngày {last}; chấm điểm được từ ngày hôm sau."
    en: ClassVar[str] = "The period {period} ends on {last}; it can be scored from the day after."


class SamePerson(Refusal):
    code: ClassVar[str] = "kpis.same_person"
    status: ClassVar[int] = 403
    vi: ClassVar[str] = (
        "Người {before} không được {step} cùng một kết quả, và cơ quan khác phải làm việc này. Hãy để người khác làm."
    )
    en: ClassVar[str] = (
        "Who {before_en} a result may not be of those by whom it is {step_en}: another person and agency must."
    )


class SameHand(SamePerson):
    code: ClassVar[str] = "kpis.same_hand"
    vi: ClassVar[str] = "Người {before} không được {step} cùng một kết quả. Hãy để người khác làm."
    en: ClassVar[str] = "Who {before_en} a result is not the one by whom it is {step_en}: another person must do it."


class TooLate(Refusal):
    code: ClassVar[str] = "kpis.too_late_to_appeal"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = "Hạn kiến nghị về kết quả này đã hết ngày {until}."
    en: ClassVar[str] = "This result could be appealed until {until}."


class BadScore(Refusal):
    code: ClassVar[str] = "kpis.bad_score"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa ghi nhận được: {problem}."
    en: ClassVar[str] = "This cannot be recorded: {problem_en}."


class BadAnswer(Refusal):
    code: ClassVar[str] = "kpis.bad_answer"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa gửi được câu trả lời: {problem}."
    en: ClassVar[str] = "The answer cannot be sent: {problem_en}."


SHORTEST_ANSWER = 10
"""Characters of a public answer."""


class Kind(StrEnum):
    """What is assessed."""

    COUNTRY = "country"
    PROVINCE = "province"
    MINISTRY = "ministry"
    COMMUNE = "commune"

    @classmethod
    def of(cls, unit: str) -> "Kind":
        """By its code: that of a territory, or of a ministry."""
        if unit[:1].isalpha():
            return cls.MINISTRY
        return {0: cls.COUNTRY, 2: cls.PROVINCE}.get(len(unit), cls.COMMUNE)

    @property
    def vi(self) -> str:
        return {
            "country": "cả nước",
            "province": "tỉnh, thành phố",
            "ministry": "bộ, ngành",
            "commune": "xã, phường, đặc khu",
        }[self.value]

    @property
    def en(self) -> str:
        return {"country": "country", "province": "provinces", "ministry": "ministries", "commune": "communes"}[
            self.value
        ]


class State(StrEnum):
    """Where an assessment stands."""

    COMPUTED = "computed"
    SELF_SCORED = "self_scored"
    APPRAISED = "appraised"
    PUBLISHED = "published"
    APPEALED = "appealed"
    FINAL = "final"

    @property
    def vi(self) -> str:
        return _STATES[self][0]

    @property
    def en(self) -> str:
        return _STATES[self][1]

    @property
    def tone(self) -> str:
        return _STATES[self][2]

    @property
    def moves(self) -> bool:
        """Whether its numbers still follow the data."""
        return self in (State.COMPUTED, State.SELF_SCORED)

    @property
    def is_public(self) -> bool:
        return self in (State.PUBLISHED, State.APPEALED, State.FINAL)


_STATES = {
    State.COMPUTED: ("đã tính từ dữ liệu", "computed", "info"),
    State.SELF_SCORED: ("đã tự chấm", "self-scored", "info"),
    State.APPRAISED: ("đã thẩm định", "appraised", "warn"),
    State.PUBLISHED: ("đã công bố", "published", "good"),
    State.APPEALED: ("đang có kiến nghị", "appealed", "warn"),
    State.FINAL: ("kết quả cuối cùng", "final", "good"),
}


class Step(StrEnum):
    """What can be done with an assessment."""

    SELF_SCORE = "self_score"
    APPRAISE = "appraise"
    PUBLISH = "publish"
    APPEAL = "appeal"
    DECIDE = "decide"
    CLOSE = "close"
    REOPEN = "reopen"

    @property
    def vi(self) -> str:
        return _STEPS[self][0]

    @property
    def en(self) -> str:
        return _STEPS[self][1]


_STEPS = {
    Step.SELF_SCORE: ("tự chấm", "self-scored"),
    Step.APPRAISE: ("thẩm định", "appraised"),
    Step.PUBLISH: ("công bố", "published"),
    Step.APPEAL: ("kiến nghị", "appealed"),
    Step.DECIDE: ("kết luận kiến nghị", "decided"),
    Step.CLOSE: ("chốt", "closed"),
    Step.REOPEN: ("mở lại", "reopened"),
}
_FROM = {
    Step.SELF_SCORE: (State.COMPUTED, State.SELF_SCORED),
    Step.APPRAISE: (State.SELF_SCORED,),
    Step.PUBLISH: (State.APPRAISED,),
    Step.APPEAL: (State.PUBLISHED,),
    Step.DECIDE: (State.APPEALED,),
    Step.CLOSE: (State.PUBLISHED,),
    Step.REOPEN: (State.PUBLISHED, State.FINAL),
}
_TO = {
    Step.SELF_SCORE: State.SELF_SCORED,
    Step.APPRAISE: State.APPRAISED,
    Step.PUBLISH: State.PUBLISHED,
    Step.APPEAL: State.APPEALED,
    Step.DECIDE: State.FINAL,
    Step.CLOSE: State.FINAL,
    Step.REOPEN: State.COMPUTED,
}


def possible(framework: Framework, state: State) -> list[Step]:
    """The steps that may follow. Where nothing is scored from evidence there is nothing to score oneself, and what was computed
    is appraised as it is."""
    asked = any(leaf.evidence for leaf in framework.leaves)
    if not asked and state is State.COMPUTED:
        return [Step.APPRAISE]
    return [step for step, states in _FROM.items() if state in states and (asked or step is not Step.SELF_SCORE)]


def next_state(framework: Framework, state: State, step: Step) -> State:
    """:raises WrongStep: it may not be taken from there."""
    if step not in possible(framework, state):
        raise WrongStep(state=state.vi, state_en=state.en, step=step.vi, step_en=step.en)
    return _TO[step]


@dataclass(frozen=True)
class Taken:
    """One step that was taken."""

    step: Step
    by: str
    agency: str
    at: datetime
    text: str = ""


_APART = {
    # (step, those before it whose taker may not take it, whether their agencies may not either)
    Step.APPRAISE: ((Step.SELF_SCORE,), True),
    Step.DECIDE: ((Step.APPEAL, Step.APPRAISE), False),
    Step.REOPEN: ((Step.PUBLISH, Step.DECIDE), False),
}


def require_apart(step: Step, *, by: str, agencies: Sequence[str], is_own: bool, life: Sequence[Taken]) -> None:
    """Separation of duties: who scored themselves does not appraise, nor anyone of their agency or of the body assessed; who
    appealed or appraised does not decide the appeal; who published does not reopen.

    :param agencies: the agency acted from and those above it.
    :param is_own: whether the unit is one that these agencies are or govern.
    :raises SamePerson: it would be the same person or agency.
    """
    if step not in _APART:
        return
    steps, agencies_too = _APART[step]
    for taken in life:
        if taken.step in steps and (taken.by == by or (agencies_too and taken.agency and taken.agency in agencies)):
            raise _same(taken.step, step, SamePerson if step is not Step.REOPEN else SameHand)
    if is_own:
        raise _same(Step.SELF_SCORE, step)


def _same(before: Step, step: Step, refusal: type[SamePerson] = SamePerson) -> SamePerson:
    return refusal(before=before.vi, before_en=before.en, step=step.vi, step_en=step.en)


@dataclass(frozen=True)
class Mark:
    """The points that somebody gave to a leaf, and what they stand on."""

    points: Decimal
    basis: str = ""


def marks(
    framework: Framework, given: Mapping[str, Any], *, complete: bool, not_due: Collection[str] = ()
) -> dict[str, Mark]:
    """Points as typed, checked: of leaves that are scored from evidence alone, from 0 to the leaf's maximum, each with its basis.

    :param given: (points, basis) by leaf.
    :param complete: whether every such leaf must have its own.
    :param not_due: the leaves for which the unit does not answer yet: nothing is given to them.
    :raises BadScore: naming the leaf.
    """
    asked = {leaf.code: leaf for leaf in framework.leaves if leaf.evidence}
    found: dict[str, Mark] = {}
    for code, (typed, basis) in given.items():
        if code in not_due:
            raise BadScore(
                problem=f"tiêu chí {code} chưa đến hạn theo lộ trình",
                problem_en=f"{code} is not yet due by the roadmap",
            )
        if code not in asked:
            raise BadScore(
                problem=f"tiêu chí {code} không chấm từ minh chứng", problem_en=f"{code} is not scored from evidence"
            )
        try:
            points = Decimal(str(typed).replace(",", "."))
        except ArithmeticError:
            points = Decimal("NaN")
        maximum = asked[code].maximum
        if not points.is_finite() or not 0 <= points <= maximum or points != round(points, 2):
            raise BadScore(
                problem=f"điểm của {code} phải từ 0 đến {maximum}, tối đa hai chữ số thập phân",
                problem_en=f"the points of {code} must be from 0 to {maximum}, with at most two decimals",
            )
        if not basis.strip():
            raise BadScore(
                problem=f"{code} chưa có minh chứng hoặc lý do", problem_en=f"{code} has no evidence or reason"
            )
        found[code] = Mark(points, basis.strip())
    if complete and (missing := sorted(asked.keys() - found.keys() - set(not_due))):
        raise BadScore(
            problem=f"chưa chấm {', '.join(missing)}", problem_en=f"these have no points yet: {', '.join(missing)}"
        )
    return found


@dataclass(frozen=True)
class Question:
    """What a body is asked for in public about a red criterion: an answer, and by when it will be right."""

    criterion: str
    asked_at: datetime
    due_on: date
    answer: str = ""
    promised_on: date | None = None
    answered_at: datetime | None = None

    def overdue(self, today: date) -> int:
        """Days that its answer is late, now or as it came."""
        until = vietnam_date(self.answered_at) if self.answered_at else today
        return max(0, (until - self.due_on).days)


@dataclass(frozen=True)
class Assessment:
    """What one unit came to in one period."""

    id: UUID
    framework: str
    version: str
    span: Span
    unit: str
    state: State
    results: Mapping[str, Result]
    score: Decimal | None
    completeness: Decimal
    computed_at: datetime
    self_scores: Mapping[str, Mark]
    appraised: Mapping[str, Mark]
    published_at: datetime | None = None
    appeal_until: date | None = None
    number: int = 0
    """Of its published versions, the last."""
    withheld: frozenset[str] = frozenset()
    """The leaves that are not told to whoever may not see rows of the unit."""

    @property
    def kind(self) -> Kind:
        return Kind.of(self.unit)

    @property
    def not_due(self) -> frozenset[str]:
        """The criteria for which the unit did not answer yet, by its roadmap."""
        return frozenset(code for code, result in self.results.items() if not result.is_due)

    @property
    def is_reopened(self) -> bool:
        """Whether it is published, and computed anew meanwhile."""
        return self.number > 0 and not self.state.is_public

    @property
    def given(self) -> dict[str, Decimal]:
        """The points that count for the leaves scored from evidence: appraised, else self-scored."""
        return {code: mark.points for code, mark in {**self.self_scores, **self.appraised}.items()}


def require_over(span: Span, today: date) -> None:
    """:raises NotOver: the period still goes on."""
    if today <= span.last:
        raise NotOver(period=span.code, last=f"{span.last:%d/%m/%Y}")


def places(scores: Sequence[Decimal | None]) -> list[int | None]:
    """The place of each in a ranking, equal ones sharing theirs (1, 2, 2, 4); none for what has no score."""
    known = sorted((score for score in scores if score is not None), reverse=True)
    first = {score: number for number, score in reversed(list(enumerate(known, 1)))}
    return [None if score is None else first[score] for score in scores]
