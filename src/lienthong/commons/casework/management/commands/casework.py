"""``./lienthong manage casework …``: what is done with the dossiers at night, by hand."""

from django.core.management.base import BaseCommand, CommandParser

from lienthong.commons.casework import queries, services
from lienthong.data.intelligence import queries as intelligence
from lienthong.kernel import clock

BY = "system:operator"


class Command(BaseCommand):
    help = "Tìm dấu hiệu ghi lùi ngày, chốt ngày / signs of re-dated dossiers, closing days"

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("look", help="tìm dấu hiệu ghi lùi ngày / signs of re-dated dossiers")
        tasks.add_parser(
            "close", help="chốt số hồ sơ đang giải quyết của các ngày đã qua / close the days that are over"
        )

    def handle(self, *, task: str, **_options) -> None:
        getattr(self, f"_{task}")()

    def _look(self) -> None:
        found = services.look_for_falsified(by=BY, at=clock.now())
        self.stdout.write(f"{len(found)} đơn vị cần xem / offices to look at")
        for insight_id in found[:20]:
            insight = intelligence.insight(id=insight_id)
            self.stdout.write(f"  {insight.title}: {insight.vi}")

    def _close(self) -> None:
        while services.close_days(by=BY, at=clock.now()):
            pass
        self.stdout.write(f"đã chốt đến / closed to {queries.closed_on() or '–'}")
