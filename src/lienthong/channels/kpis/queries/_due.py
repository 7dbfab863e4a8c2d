"""Which units answer for which criteria, by the roadmaps in force."""

from datetime import date

from lienthong.channels.kpis import domain
from lienthong.commons.stewardship import domain as stewardship_domain
from lienthong.commons.stewardship import queries as stewardship


class Due:
    """The roadmaps of a framework for one day, asked once for every unit."""

    def __init__(self, framework: domain.Framework, on: date) -> None:
        self._roadmaps = stewardship.roadmaps(framework=framework.code)
        self._units = self._roadmaps.units
        self._levels = framework.levels if self._units else {}
        self._leaves = {leaf.code for leaf in framework.leaves}
        self._on = on
        self._known: dict[tuple[str, ...], frozenset[str]] = {}

    def not_due(self, unit: str, above: str = "") -> frozenset[str]:
        """The leaves for which a unit does not answer yet.

        :param above: the province it lies in.
        """
        path = tuple(code for code in stewardship_domain.path_of(unit, above) if code in self._units)
        if path not in self._known:
            self._known[path] = frozenset(
                leaf for leaf, levels in self._levels.items() if not self._roadmaps.is_due(path, levels, self._on)
            )
        return self._known[path]

    def is_due(self, unit: str, above: str = "", node: domain.Criterion | None = None) -> bool:
        """Whether it answers for any part of a criterion, or of the whole."""
        leaves = {part.code for _, part in node.walk() if not part.children} if node else self._leaves
        return not leaves <= self.not_due(unit, above)
