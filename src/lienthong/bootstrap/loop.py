"""The closed loop, run once from end to end: data → quality → board → signal → directive → correction → measured result.

Every step is the same use case that the screens and the API call; all it did stays there to be clicked through.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

from lienthong.channels.kpis import queries as kpis
from lienthong.commons.direction import domain as direction_domain
from lienthong.commons.direction import queries as direction
from lienthong.commons.direction import services as direction_services
from lienthong.data.identity import queries as identity
from lienthong.data.quality import domain as quality_domain
from lienthong.data.quality import queries as quality
from lienthong.data.quality import services as quality_services
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse.domain import Signal
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory import services as directory_services
from lienthong.foundation.outbox import services as outbox
from lienthong.foundation.storage import services as storage
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal
from lienthong.kernel.text import fold

BY = "system:loop"
UNITS, TRUSTED, COPY = "administrative-units", "directory", "vietnam-provinces"
RESPONSIBLE = "G06.90"
"""Who mends a source for which nobody has been made responsible: the national digital transformation agency."""
WORKING_DAYS = 10
FRAMEWORK = "model"


class CannotRun(Exception):
    """The loop lacks something; the message is the sentence for the user, with the way out."""


@dataclass
class Stage:
    """One stage as it is printed."""

    stage: str
    vi: str
    en: str
    what: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass
class Result:
    """All that happened."""

    register: str
    stages: list[Stage]
    discrepancies: dict[str, int]
    by_source: dict[str, dict[str, int]]
    before: dict[str, float | None]
    after: dict[str, float | None]

    def document(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


@dataclass(frozen=True)
class Source:
    """One file of the user's, or one of the two public copies."""

    key: str
    name: str
    file_id: UUID | None
    trusted: bool


@dataclass
class Loop:
    """One run over one register."""

    register: str
    sources: Sequence[Source]
    tell: Callable[[Stage], None] = lambda _stage: None
    responsible: str = RESPONSIBLE
    stages: list[Stage] = field(default_factory=list)

    @property
    def trusted(self) -> Source:
        return next(source for source in self.sources if source.trusted)

    @property
    def copies(self) -> list[Source]:
        return [source for source in self.sources if not source.trusted]

    @property
    def indicator(self) -> str:
        return quality_domain.agreement_code(self.register)

    @contextmanager
    def stage(self, name: str, vi: str, en: str) -> Iterator[Stage]:
        """Time a stage and tell of it when it is done."""
        item, begun = Stage(name, vi, en), time.monotonic()
        yield item
        item.seconds = round(time.monotonic() - begun, 3)
        self.stages.append(item)
        self.tell(item)

    def run(self) -> Result:
        """Run every stage.

        :raises CannotRun: an event could not be delivered, or nothing answers for a source.
        """
        self.load()
        by_source = self.compare()
        totals = {kind.value: sum(counts[kind.value] for counts in by_source.values()) for kind in quality_domain.Class}
        before = self.measure("board", "Bảng điều hành trước", "The board before")
        if any(totals.values()):
            directive_id = self.direct()
            self.correct()
            self.verify()
            self.conclude(directive_id)
        after = self.measure("result", "Kết quả đo được", "The measured result")
        return Result(self.register, self.stages, totals, by_source, before, after)

    # --- stages -----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Take in every source's file, as an import like any other; keys that a file no longer has are ended."""
        with self.stage("load", "Nạp các nguồn", "Load the sources") as stage:
            for source in self.sources:
                registry_services.add_source(
                    register=self.register, key=source.key, name=source.name, agency_code="", by=BY, at=clock.now()
                )
                if source.file_id is not None:
                    self._import(source, stage)
                stage.counts[source.key] = sum(1 for _ in registry.current(register=self.register, source=source.key))
            self._settle()
            stage.what = ", ".join(f"{key}: {count}" for key, count in stage.counts.items())

    def compare(self) -> dict[str, dict[str, int]]:
        """Hold every copy against the trusted source, and classify what differs."""
        counts = {}
        with self.stage("compare", "Đối soát, phân loại sai lệch", "Compare and classify") as stage:
            quality_services.assess(register=self.register, source=self.trusted.key, by=BY, at=clock.now())
            for source in self.copies:
                counts[source.key] = quality_services.assess(
                    register=self.register, source=source.key, by=BY, at=clock.now()
                )
            self._settle()
            stage.counts = {
                kind.value: sum(item[kind.value] for item in counts.values()) for kind in quality_domain.Class
            }
            stage.what = ", ".join(f"{kind.vi} {stage.counts[kind.value]}" for kind in quality_domain.Class)
        with self.stage("score", "Chấm điểm nguồn, địa bàn", "Score sources and territories") as stage:
            scores = quality.scores(by=["source"], where={"register": self.register})
            territories = quality.scores(by=["territory"], where={"register": self.register})
            stage.counts = {score.group[0]: score.records for score in scores} | {"territories": len(territories)}
            stage.what = ", ".join(f"{score.group[0]}: {score.index * 100:.2f}" for score in scores)
        return counts

    def measure(self, name: str, vi: str, en: str) -> dict[str, float | None]:
        """The numbers of the moment: the register's agreement and the score of the framework."""
        with self.stage(name, vi, en) as stage:
            cell = warehouse.cell(code=self.indicator, territory="")
            score = kpis.current(framework=FRAMEWORK, territories=[""]).get(("", FRAMEWORK))
            values = {
                self.indicator: float(cell.value) if cell and cell.value is not None else None,
                f"kpi:{FRAMEWORK}": float(score.score) if score and score.score is not None else None,
            }
            stage.what = ", ".join(
                f"{key}: {'–' if value is None else f'{value:.2f}'}" for key, value in values.items()
            )
            stage.ids = {"indicator": f"/indicators/{self.indicator}", "kpi": "/kpis"}
        return values

    def direct(self) -> UUID:
        """Find the signal and turn it into a directive to whoever answers for the faulty sources."""
        with self.stage("signal", "Cảnh báo vượt ngưỡng", "The signal") as stage:
            signal = next((item for item in warehouse.signals() if item.indicator == self.indicator), None)
            stage.what = f"{signal.value:.2f} < {signal.threshold:.2f}" if signal else "–"
            stage.ids = {"signal": str(signal.id)} if signal else {}
        with self.stage("direct", "Ban hành chỉ đạo, giao nhiệm vụ", "Issue the directive") as stage:
            # A run that was cut off has issued one already: there is one directive to a signal, and it is carried to its end.
            directive_id = (signal and signal.directive_id) or self._issue(signal)
            for task in direction.directive(id=directive_id).tasks:
                if task.state is direction_domain.TaskState.ASSIGNED:
                    direction_services.move(task_id=task.id, move=direction_domain.Move.ACCEPT, by=BY, at=clock.now())
            issued = direction.directive(id=directive_id)
            stage.counts = {"tasks": len(issued.tasks)}
            stage.ids = {
                "directive": str(directive_id),
                **{f"task{n}": str(t.id) for n, t in enumerate(issued.tasks, 1)},
            }
            stage.what = f"{issued.number}: " + ", ".join(
                f"{task.lead_agency} ≤ {task.due_on:%d/%m/%Y}" for task in issued.tasks
            )
        return directive_id

    def correct(self) -> None:
        """The responsible bodies send what is right as higher versions of their own records."""
        with self.stage("correct", "Nơi chịu trách nhiệm sửa tại nguồn", "Correct at the source") as stage:
            declaration = registry.declaration(register=self.register)
            right = {
                item.key: item.payload for item in registry.current(register=self.register, source=self.trusted.key)
            }
            total = registry_domain.Accepted()
            for source in self.copies:
                wrong = quality.discrepancies(
                    register=self.register, source=source.key, state="unverified", limit=100_000
                )
                keys = [item.key for item in wrong]
                theirs = {
                    item.key: item for item in registry.current(register=self.register, source=source.key, keys=keys)
                }
                rows = []
                for key in keys:
                    if key not in right:
                        rows.append(registry_domain.closing(theirs[key]))
                    else:
                        mended = dict(theirs[key].payload) if key in theirs else {}
                        told = [name for name in declaration.compare if name in right[key]]
                        mended |= {name: right[key][name] for name in told} if mended else right[key]
                        rows.append(declaration.prepare(mended))
                total += registry_services.accept_batch(
                    register=self.register, source=source.key, rows=rows, by=BY, at=clock.now()
                )
            self._settle()
            stage.counts = {"new": total.new, "changed": total.changed}
            stage.what = f"{total.new} bản ghi mới, {total.changed} phiên bản cao hơn"

    def verify(self) -> None:
        """Compare again: what agrees now is verified."""
        with self.stage("verify", "Đối soát lại, xác nhận", "Verify") as stage:
            left = 0
            for source in self.copies:
                counts = quality_services.assess(register=self.register, source=source.key, by=BY, at=clock.now())
                left += sum(counts.values())
            self._settle()
            states = quality.counts(register=self.register)
            stage.counts = {"left": left, "verified": sum(item["verified"] for item in states.values())}
            stage.what = f"còn {left}; đã xác nhận {stage.counts['verified']}"

    def conclude(self, directive_id: UUID) -> None:
        """The targets were measured by the numbers themselves; who issued the directive confirms."""
        with self.stage("conclude", "Đo mục tiêu, hoàn thành nhiệm vụ", "Measure and complete") as stage:
            for task in direction.directive(id=directive_id).tasks:
                if task.state is direction_domain.TaskState.REPORTED:
                    direction_services.move(
                        task_id=task.id, move=direction_domain.Move.APPROVE, by=task.issued_by, at=clock.now()
                    )
            self._settle()
            tasks = direction.directive(id=directive_id).tasks
            stage.counts = {"completed": sum(task.state is direction_domain.TaskState.COMPLETED for task in tasks)}
            stage.ids = {"directive": str(directive_id)}
            stage.what = ", ".join(
                f"{task.state.vi}: {'–' if task.baseline is None else f'{task.baseline:.2f}'} → "
                f"{'–' if task.measured is None else f'{task.measured:.2f}'}"
                for task in tasks
            )

    # --- inside -----------------------------------------------------------------------------------------------------

    def _import(self, source: Source, stage: Stage) -> None:
        import_id = registry_services.begin_import(
            register=self.register, source=source.key, file_id=source.file_id, whole=True, by=BY, at=clock.now()
        )
        state = registry_services.run_import(import_id=import_id, at=clock.now())
        done = registry.import_job(id=import_id)
        if state is registry_domain.ImportState.FAILED:
            raise CannotRun(f"{done.name}: {done.problem_vi} / {done.problem_en}")
        stage.ids[f"import:{source.key}"] = str(import_id)
        if done.refused:
            stage.counts[f"refused:{source.key}"] = done.refused

    def _issue(self, signal: Signal | None) -> UUID:
        """A task for each copy, to whoever answers for it, with all that is still to be mended there."""
        now, today = clock.now(), clock.vietnam_date(clock.now())
        leader = identity.by_username(username="lanh-dao-tw")
        positions = directory.held_positions(leader.id, now) if leader else ()
        due_on = directory.calendar([today.year, today.year + 1]).add_working_days(today, WORKING_DAYS)
        tasks = []
        for source in self.copies:
            lead = self._responsible(source)
            wrong = quality.discrepancies(register=self.register, source=source.key, state="unverified", limit=100_000)
            quality_services.assign(ids=[item.id for item in wrong], agency_code=lead, by=BY, at=now)
            tasks.append(self._task(source, lead, due_on, wrong))
        return direction_services.issue(
            title=f"Sửa tại nguồn các sai lệch của {registry.declaration(register=self.register).name['vi'].lower()}",
            text="Cơ quan chịu trách nhiệm nguồn sửa tại nguồn, gửi phiên bản mới; không sửa trên bản sao.",
            issuer_agency=positions[0].agency_code if positions else "A08",
            tasks=tasks,
            signal_id=signal.id if signal else None,
            by=f"account:{leader.id}" if leader else BY,
            at=now,
        )

    def _responsible(self, source: Source) -> str:
        subject, today = f"source:{self.register}/{source.key}", clock.vietnam_date(clock.now())
        manages = directory_domain.Role.MANAGES
        found = directory.responsible(subject, today, role=manages.value)
        if found:
            return found[0].agency_code
        directory_services.assign_responsibility(
            subject=subject, role=manages, agency_code=self.responsible, valid_from=today,
            document="chưa có văn bản giao; mặc định của vòng chạy thử", by=BY, at=clock.now(),
        )  # fmt: skip
        return self.responsible

    def _task(self, source: Source, lead: str, due_on: date, wrong: Sequence) -> direction_domain.NewTask:
        address = f"/quality/discrepancies?register={self.register}&source={source.key}"
        evidence = [{"kind": "list", "id": address, "label": f"{len(wrong)} sai lệch của {source.name}"}]
        evidence += [
            {"kind": "discrepancy", "id": str(item.id), "label": f"{item.key} {item.title}"} for item in wrong[:5]
        ]
        target = direction_domain.Target(self.indicator, "", value=Decimal(100), at_least=True)
        return direction_domain.NewTask(
            content=f"Sửa {len(wrong)} sai lệch tại nguồn {source.name}", lead_agency=lead, due_on=due_on, target=target,
            evidence=tuple(evidence),
        )  # fmt: skip

    @staticmethod
    def _settle() -> None:
        if not outbox.settle(clock=clock.now):
            raise CannotRun("Sự kiện chưa được giao hết sau 30 giây; xem /operations. / Events wait; see /operations.")


def national(folder: Path, *, provinces_only: bool = False) -> tuple[str, list[Source]]:
    """The register of administrative units and its two public copies.

    :raises CannotRun: the second copy is not installed.
    """
    spec = find_spec("vietnam_provinces")
    if spec is None:
        raise CannotRun(
            "Chưa có bản sao thứ hai (gói vietnam-provinces, nhóm samples). Cài bằng: ./lienthong loop --install-samples\n"
            "The second copy is not installed; run ./lienthong loop --install-samples, or give your own by --source."
        )
    nested = json.loads((Path(spec.origin).parent / "data" / "nested-divisions.json").read_text("utf-8"))
    file = folder / f"{COPY}.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        for row in _copy_rows(nested, provinces_only):
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return UNITS, [
        Source(TRUSTED, "Danh mục của không gian", None, True),
        Source(COPY, "Bản sao vietnam-provinces", _stored(file), False),
    ]


def _stored(file: Path) -> UUID:
    with file.open("rb") as stream:
        return storage.store(
            content=stream, name=file.name, media_type="application/octet-stream", by=BY, at=clock.now()
        ).id


def _copy_rows(nested: Sequence[Mapping[str, Any]], provinces_only: bool) -> Iterator[dict[str, str]]:
    for province in nested:
        code = f"{province['code']:02}"
        yield {"code": code, "full_name": _full_name(province), "level": "province", "parent": ""}
        for ward in [] if provinces_only else province["wards"]:
            yield {"code": f"{ward['code']:05}", "full_name": _full_name(ward), "level": "commune", "parent": code}


def _full_name(division: Mapping[str, Any]) -> str:
    """The copy gives some names with their kind and some without it, and the kind beside them."""
    kind = division["division_type"].removesuffix(" trung ương").capitalize()
    return division["name"] if division["name"].startswith(f"{kind} ") else f"{kind} {division['name']}"


def own_files(
    files: Mapping[str, Path], *, key: str, trusted: str, register: str = "", territory: str = ""
) -> tuple[str, list[Source]]:
    """A register declared from the user's own files: the trusted file's columns are its fields, all of them text.

    :raises CannotRun: a file is missing, lacks the key column, or the trusted name is none of the sources.
    """
    if trusted not in files:
        raise CannotRun(
            f"--trusted {trusted}: không phải tên nguồn nào trong {', '.join(files)}. / is none of the sources."
        )
    if len(files) < 2:
        raise CannotRun("Cần ít nhất hai nguồn để đối soát. / It takes at least two sources.")
    headers, stored = {}, {}
    for name, file in files.items():
        if not file.is_file():
            raise CannotRun(f"Không có tệp {file}. / There is no file {file}.")
        stored[name] = _stored(file)
        try:
            headers[name] = registry.preview(file_id=stored[name]).headers
        except Refusal as refusal:
            raise CannotRun(f"{refusal.text('vi')}\n{refusal.text('en')}") from refusal
        if fold(key) not in map(fold, headers[name]):
            raise CannotRun(f"{file}: không có cột {key}. Các cột: {', '.join(headers[name])}. / has no column {key}.")
    columns = list(dict.fromkeys(headers[trusted]))
    key = next(column for column in columns if fold(column) == fold(key))
    shared = {fold(column) for name, found in headers.items() if name != trusted for column in found}
    times = {"valid_from", "valid_to"}
    compare = [column for column in columns if column != key and fold(column) in shared and column not in times]
    register = register or "loop-" + "-".join(filter(None, fold(trusted).replace("_", " ").split()))
    text = {"type": "string", "maxLength": 10_000}
    document = {
        "key": register,
        "name": {"vi": f"Đối soát {trusted}", "en": f"Reconciliation of {trusted}"},
        "purpose": {
            "vi": "Tệp của người dùng, nạp bởi ./lienthong loop",
            "en": "The user's files, loaded by ./lienthong loop",
        },
        "owner": "",
        "record_key": key,
        "title": next(iter(compare), key),
        "territory": territory,
        "valid_from": "valid_from" if "valid_from" in columns else "",
        "compare": compare,
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": [key],
            "properties": {
                column: {"type": "string", "format": "date"} if column in times else text for column in columns
            },
        },
        "sources": [{"key": trusted, "name": trusted, "trusted": True}],
    }
    registry_services.declare(document=document, by=BY, at=clock.now())
    return register, [Source(name, name, stored[name], name == trusted) for name in files]
