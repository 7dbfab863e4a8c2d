"""The seven principles as they stand: the same for everyone, as a stranger may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zlib import crc32

from lienthong.commons.stewardship import conf, domain
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access import queries as access
from lienthong.kernel.clock import vietnam_date


@dataclass(frozen=True)
class GaugeNow:
    """A gauge with its number."""

    gauge: domain.Gauge
    indicator: warehouse_domain.Indicator
    cell: warehouse_domain.Cell | None
    baseline: Decimal | None
    baseline_at: date | None
    months: tuple[tuple[date, Decimal | None], ...]

    @property
    def value(self) -> Decimal | None:
        return self.cell.value if self.cell else None

    @property
    def suppressed(self) -> bool:
        """Whether there is a number that few people stand behind."""
        return bool(self.cell and self.cell.suppressed)

    @property
    def up(self) -> bool:
        return self.indicator.direction is warehouse_domain.Direction.UP

    @property
    def standing(self) -> domain.Standing:
        return domain.standing(
            self.value, target=self.gauge.target, baseline=self.baseline, red=self.indicator.red, up=self.up
        )

    @property
    def trend(self) -> list[float | None]:
        return [None if value is None else float(value) for _, value in self.months]


@dataclass(frozen=True)
class PrincipleNow:
    """A principle with its gauges."""

    principle: domain.Principle
    gauges: tuple[GaugeNow, ...]

    @property
    def leading(self) -> GaugeNow:
        return self.gauges[0]


def gauge_codes() -> list[str]:
    """The indicators of all gauges."""
    return [gauge.indicator for item in conf.principles() for gauge in item.gauges]


def principles(*, at: datetime) -> list[PrincipleNow]:
    """Each principle by its number, in a fixed number of queries. Small numbers about persons are withheld."""
    codes = gauge_codes()
    stranger = access.stranger(at)
    declared = warehouse.indicators(codes=codes)
    cells = {
        cell.indicator: cell
        for cell in warehouse.shown_to(stranger, warehouse.cells(codes=codes, territories=[warehouse_domain.COUNTRY]))
    }
    guarded = {
        code for code, _ in warehouse.guarded(codes=codes, rights=stranger, territories=[warehouse_domain.COUNTRY])
    }
    past = warehouse.pasts(codes=codes, territory=warehouse_domain.COUNTRY, guarded=guarded)
    first = warehouse.firsts(codes=codes, territory=warehouse_domain.COUNTRY, guarded=guarded)
    return [
        PrincipleNow(
            item,
            tuple(
                _now(gauge, declared[gauge.indicator], cells, past, first, vietnam_date(at))
                for gauge in item.gauges
                if gauge.indicator in declared
            ),
        )
        for item in conf.principles()
    ]


def _now(
    gauge: domain.Gauge,
    indicator: warehouse_domain.Indicator,
    cells: Mapping[str, warehouse_domain.Cell],
    past: Mapping[str, list[warehouse.Point]],
    first: Mapping[str, warehouse.Point],
    today: date,
) -> GaugeNow:
    begun = first.get(indicator.code)
    baseline, since = gauge.baseline, gauge.baseline_on
    if baseline is None and begun is not None:
        baseline, since = begun.value, vietnam_date(begun.at)
    points = [(point.at, point.value) for point in past.get(indicator.code, ())]
    months = domain.by_month(points, until=today)
    return GaugeNow(gauge, indicator, cells.get(indicator.code), baseline, since, tuple(months[-24:]))


def principles_mark(*, on: date) -> str:
    """A mark that changes when anything about the gauges is learnt, with their declarations, and with the month."""
    moved = warehouse.moved_at(codes=gauge_codes(), territory=warehouse_domain.COUNTRY)
    declared = crc32(repr(conf.principles()).encode())
    return f"{moved.timestamp() if moved else 0:.6f}-{declared:08x}-{on:%Y%m}"
