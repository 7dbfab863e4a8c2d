"""Texts: the tasks that they give, the bodies that they are for. Proposed and recorded; nothing is issued here."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lienthong.data.intelligence import domain, models, queries
from lienthong.data.intelligence.services._models import infer
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound

TASKS, ROUTES = "tasks-from-text", "routes-of-text"


def propose_tasks(*, text: str, by: str, at: datetime) -> tuple[UUID, list[domain.Proposal]]:
    """The tasks that the text of a conclusion or directive seems to give; the id of the record, and the proposals. Of the text
    itself only a hash is kept.

    :raises domain.TooLongText: it is longer than can be read at once.
    """
    _check(text)
    today = vietnam_date(at)

    def run() -> list[domain.Proposal]:
        calendar = directory.calendar([today.year, today.year + 1])
        return domain.propose_tasks(
            text, bodies=queries.bodies(text=text, on=today), indicators=queries.lexicon(text="", on=today).indicators,
            today=today, working=calendar.add_working_days,
        )  # fmt: skip

    inferred, found = infer(
        model=TASKS, purpose="propose tasks", inputs=_inputs(text, today), run=run,
        output=lambda told: {"tasks": [_kept(item) for item in told]},
        confidence=lambda told: min((item.confidence for item in told), default=None), by=by, at=at,
    )  # fmt: skip
    return inferred.id, found


def _kept(item: domain.Proposal) -> dict:
    """What of a proposal is recorded: no words of the text but where they stand in it."""
    return {
        "lead": item.lead.code, "others": [other.code for other in item.others], "confidence": item.confidence,
        "due_on": str(item.due_on) if item.due_on else "", "begin": item.begin, "end": item.end,
        "target": item.target.indicator if item.target else "", "unsure": len(item.unsure),
    }  # fmt: skip


def route(*, text: str, by: str, at: datetime) -> tuple[UUID, list[domain.Route]]:
    """The bodies that a text may be for, the likeliest first, with the reasons; the id of the record before them.

    :raises domain.TooLongText: it is longer than can be read at once.
    """
    _check(text)
    today = vietnam_date(at)

    def run() -> list[domain.Route]:
        return domain.routes(
            text, bodies=queries.bodies(text=text, on=today), answering=queries.answering(on=today),
            places=queries.places_named(text=text, on=today),
        )  # fmt: skip

    inferred, found = infer(
        model=ROUTES, purpose="route a text", inputs=_inputs(text, today), run=run,
        output=lambda told: {"routes": [{"agency": item.code, "score": item.score} for item in told]},
        confidence=lambda told: told[0].score if told else None, by=by, at=at,
    )  # fmt: skip
    return inferred.id, found


@transaction.atomic
def judge_tasks(*, record_id: UUID, kept: int, proposed: int, by: str, at: datetime) -> None:
    """Keep with the record how many of its proposals a person made use of; nothing where it is no record of theirs."""
    rows = models.InferenceRow.objects.filter(id=record_id, model__name=TASKS, by=by)
    rows.update(decision="accept" if kept else "refuse", decided_by=by, decided_at=at, reason=f"{kept}/{proposed}")


@transaction.atomic
def judge_route(*, record_id: UUID, agency: str, reason: str, by: str, at: datetime) -> None:
    """Keep with the record which body a person took the text to be for: one that was named, another, or none (``""``). They may
    change their mind.

    :raises kernel.errors.NotFound: there is no such record of theirs.
    :raises domain.NoReason: another or none was chosen, and not why.
    """
    row = models.InferenceRow.objects.filter(id=record_id, model__name=ROUTES, by=by).first()
    if row is None:
        raise NotFound(what=f"gợi ý {record_id}")
    named = agency in {item["agency"] for item in row.output["routes"]}
    if not named and not reason.strip():
        raise domain.NoReason
    row.decision, row.decided_by, row.decided_at = "accept" if named else "refuse", by, at
    row.reason = f"{agency or '–'}: {reason.strip()}"[:1000].removesuffix(": ")
    row.save(update_fields=["decision", "decided_by", "decided_at", "reason"])
    audit.record(
        by=by,
        action="data.intelligence.judge_route",
        subject=f"inference:{record_id}",
        at=at,
        reason=reason.strip()[:1000],
    )


def _check(text: str) -> None:
    if len(text) > domain.MOST_TEXT:
        raise domain.TooLongText(most=domain.MOST_TEXT)


def _inputs(text: str, today) -> dict:
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "letters": len(text), "today": str(today)}
