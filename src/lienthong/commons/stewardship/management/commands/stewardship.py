"""``./lienthong manage stewardship measure``: count now what the gauges of the seven principles are computed from."""

from django.core.management.base import BaseCommand, CommandParser

from lienthong.commons.stewardship import services
from lienthong.kernel import clock


class Command(BaseCommand):
    help = "Đếm các số đo quản trị / count the measures of governing"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_subparsers(dest="task", required=True).add_parser("measure")

    def handle(self, **_options) -> None:
        written = services.measure(by="system:operator", at=clock.now())
        self.stdout.write(f"{written} số đo mới / new measures")
