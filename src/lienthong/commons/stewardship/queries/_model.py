"""The Model as a space has it: in two queries, however many systems there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lienthong.commons.stewardship import conf, domain, models
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory


@dataclass(frozen=True)
class SystemNow:
    """A system with its health and who answers for it."""

    system: domain.System
    health: domain.Health | None
    responsible: tuple[directory_domain.Responsibility, ...]


@dataclass(frozen=True)
class LayerNow:
    """A layer with its systems as they are."""

    layer: domain.Layer
    systems: tuple[SystemNow, ...]


def model(*, on: date, at: datetime) -> list[LayerNow]:
    """Every layer, the topmost first."""
    seen = {pulse.name: pulse for pulse in pulses()}
    answers: dict[str, list[directory_domain.Responsibility]] = defaultdict(list)
    for item in directory.responsibilities(on, text="system:"):
        answers[item.subject].append(item)
    roles = list(directory_domain.Role)
    return [
        LayerNow(
            layer,
            tuple(
                SystemNow(
                    system,
                    system.health(seen, at),
                    tuple(sorted(answers[system.subject], key=lambda item: roles.index(item.role))),
                )
                for system in layer.systems
            ),
        )
        for layer in conf.layers()
    ]


def systems() -> list[domain.System]:
    """Every system of the Model, the topmost layer first."""
    return [system for layer in conf.layers() for system in layer.systems]


def pulses() -> Sequence[domain.Pulse]:
    """All that is watched, by name."""
    rows = models.PulseRow.objects.order_by("name").values_list("name", "sound", "vi", "en", "at")
    return [domain.Pulse(*row) for row in rows]
