"""What frameworks and bodies say, kept as passages: how a criterion is counted and by which law, and public answers."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from lienthong.channels.kpis import domain, models, queries
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import queries as intelligence_queries
from lienthong.data.intelligence import services as intelligence
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

VIEW = "channels.kpis.view"
_KIND = intelligence_domain.PassageKind


def keep_criteria(*, framework: domain.Framework, at: datetime) -> None:
    """How the criteria of a framework are counted, for whoever may see a score anywhere. Of one that says no more than its
    indicator does, the indicator's own passage tells."""
    passages = [
        intelligence_domain.Passage(
            _KIND.CRITERION, f"{framework.code}/{node.code}", f"{node.name['vi']} ({framework.short['vi']})",
            _said(framework, node), _address(framework, node, "vn"), local=_address(framework, node, "{}"), action=VIEW,
        )
        for node in framework.leaves
        if node.formula.get("vi") or node.evidence
    ]  # fmt: skip
    keys = [item.key for item in passages]
    intelligence.keep_passages(kind=_KIND.CRITERION, keys=keys, passages=passages, at=at)
    intelligence.forget_others(kind=_KIND.CRITERION, keys=keys, prefix=f"{framework.code}/")


def keep_answers(*, rows: Iterable[models.QuestionRow]) -> None:
    """Public answers, for everybody, as the public page shows them (in the caller's transaction): of a criterion that is withheld
    from the public none."""
    rows = [row for row in rows if row.answered_at]
    if not rows:
        return
    at = max(row.answered_at for row in rows)
    units = {row.assessment.unit for row in rows}
    names = {code: unit.full_name for code, unit in directory.units_by_code(units, vietnam_date(at)).items()}
    names |= {code: item.name for code, item in directory.agencies_by_code(units, vietnam_date(at)).items()}
    withheld = queries.withheld_in_public(ids={row.assessment_id for row in rows})
    passages = [
        passage
        for row in rows
        if row.criterion not in withheld.get(row.assessment_id, {row.criterion})
        for passage in _answer(row, names)
    ]
    intelligence.keep_passages(kind=_KIND.ANSWER, keys=[str(row.id) for row in rows], passages=passages, at=at)


def keep_answers_of(*, ids: Collection[UUID]) -> None:
    """Those of some assessments, after what is withheld of them changed."""
    rows = models.QuestionRow.objects.filter(assessment__in=ids).exclude(answered_at=None)
    keep_answers(rows=rows.select_related("assessment__framework"))


def keep_missing(*, at: datetime) -> None:
    """Criteria of the frameworks in force, and answers given before there were passages; harmless to repeat."""
    for framework in queries.frameworks().values():
        keep_criteria(framework=framework, at=at)
    if _KIND.ANSWER not in intelligence_queries.kinds_kept():
        rows = models.QuestionRow.objects.exclude(answered_at=None).select_related("assessment__framework")
        keep_answers(rows=rows.iterator(500))


def _said(framework: domain.Framework, node: domain.Criterion) -> str:
    said = []
    if node.formula.get("vi"):
        said.append(f"Cách tính: {node.formula['vi'].rstrip('.')}.")
    elif node.evidence:
        said.append("Cách tính: chấm điểm theo tài liệu kiểm chứng.")
    marks = f"{node.maximum.normalize():f}".replace(".", ",")
    said.append(f"Điểm tối đa: {marks}." if framework.in_points else f"Trọng số trong nhóm: {node.weight:f} %.")
    if framework.basis:
        said.append(f"Căn cứ: {framework.basis.rstrip('.')}.")
    return " ".join(said)


def _address(framework: domain.Framework, node: domain.Criterion, unit: str) -> str:
    return (
        f"/kpis/{unit}/{node.code}?framework={framework.code}"
        if framework.every
        else f"/kpis/{unit}?framework={framework.code}"
    )


def _answer(row: models.QuestionRow, names: dict[str, str]) -> list[intelligence_domain.Passage]:
    assessment = row.assessment
    framework = domain.Framework.parse(assessment.framework.declaration)
    node, span = framework.criterion(row.criterion), domain.Span.parse(assessment.span)
    unit = names.get(assessment.unit) or "Cả nước"
    about = f"{node.name['vi']} ({framework.short['vi']})" if node else framework.short["vi"]
    said = f"{row.answer.strip().rstrip('.')}. Khắc phục xong: {row.promised_on:%d/%m/%Y}."
    return [
        intelligence_domain.Passage(
            _KIND.ANSWER, str(row.id), f"{unit} trả lời về {about}, {span.vi}", text,
            f"/results/{framework.code}/{span.code}/{assessment.unit or 'vn'}", number=number,
            on=vietnam_date(row.answered_at), also="trả lời công khai, giải trình, cam kết",
        )
        for number, text in enumerate(intelligence_domain.parts(said))
    ]  # fmt: skip
