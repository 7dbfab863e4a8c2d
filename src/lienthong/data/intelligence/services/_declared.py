"""What indicators and registers say of themselves, kept as passages."""

from collections.abc import Sequence
from datetime import datetime

from lienthong.data.intelligence import domain
from lienthong.data.intelligence.services._computing import address
from lienthong.data.intelligence.services._passages import keep_passages
from lienthong.data.intelligence.services._questions import VIEW
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date


def keep_indicators(*, codes: Sequence[str], at: datetime) -> None:
    """The definitions of indicators, for whoever may see a number of one anywhere."""
    told = warehouse.indicators(codes=codes).values()
    passages = [
        domain.Passage(
            domain.PassageKind.INDICATOR, item.code, item.name["vi"], item.definition["vi"], address(item.code, ""),
            also=", ".join(item.also_called), local=address(item.code, "{}"), action=VIEW,
        )
        for item in told
        if item.definition.get("vi")
    ]  # fmt: skip
    keep_passages(kind=domain.PassageKind.INDICATOR, keys=codes, passages=passages, at=at)


def keep_registers(*, keys: Sequence[str], at: datetime) -> None:
    """What registers are for and whose they are, which everybody who is signed in sees on their list."""
    told = [item.declaration for item in registry.registers() if item.declaration.key in set(keys)]
    owners = directory.agencies_by_code({item.owner for item in told}, vietnam_date(at))
    passages = []
    for item in told:
        purpose = item.purpose["vi"].rstrip(".")
        owner = f" Cơ quan chủ quản: {owners[item.owner].name}." if item.owner in owners else ""
        is_open = item.sharing is registry_domain.Sharing.OPEN
        passages.append(
            domain.Passage(
                domain.PassageKind.REGISTER, item.key, item.name["vi"], f"{purpose}.{owner}",
                f"/registers/{item.key}" if is_open else "/registers", also="cơ sở dữ liệu",
            )
        )  # fmt: skip
    keep_passages(kind=domain.PassageKind.REGISTER, keys=keys, passages=passages, at=at)
