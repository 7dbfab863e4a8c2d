"""``./lienthong manage casework look``: look at the dossiers for what a person should see."""

from django.core.management.base import BaseCommand, CommandParser

from lienthong.commons.casework import services
from lienthong.data.intelligence import queries as intelligence
from lienthong.kernel import clock


class Command(BaseCommand):
    help = "Tìm dấu hiệu ghi lùi ngày / signs of re-dated dossiers"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_subparsers(dest="task", required=True).add_parser("look")

    def handle(self, **_options) -> None:
        found = services.look_for_falsified(by="system:operator", at=clock.now())
        self.stdout.write(f"{len(found)} đơn vị cần xem / offices to look at")
        for insight_id in found[:20]:
            insight = intelligence.insight(id=insight_id)
            self.stdout.write(f"  {insight.title}: {insight.vi}")
