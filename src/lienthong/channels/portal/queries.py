"""What the front page tells everyone: five numbers, one for each step of the loop."""

from dataclasses import dataclass

from lienthong.channels.kpis import queries as kpis
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse


@dataclass(frozen=True)
class Loop:
    """The loop as it stands: sums over the whole country, nothing about anyone."""

    records: int
    quality: float | None
    signals: int
    tasks: float | None
    score: float | None


def loop() -> Loop:
    """The five numbers; none where there is nothing to count yet."""
    cells = {cell.indicator: cell for cell in warehouse.cells(codes=["dqi", "tasks-open"], territories=[""])}
    value = {code: cell.value for code, cell in cells.items()}
    score = kpis.current(framework="model", territories=[""]).get(("", "model"))
    return Loop(
        records=sum(source.records for item in registry.registers() for source in item.sources if source.trusted),
        quality=value.get("dqi"),
        signals=sum(signal.state.value != "closed" for signal in warehouse.signals(limit=1000)),
        tasks=value.get("tasks-open"),
        score=score.score if score else None,
    )
