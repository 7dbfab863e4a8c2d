"""``./lienthong manage stewardship measure``: count now what the gauges of the seven principles are computed from.
``… stewardship roadmap FILE --reason WHY``: set from which day units answer for criteria."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lienthong.commons.stewardship import services
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Đếm các số đo quản trị; khai báo lộ trình / count the measures of governing; declare a roadmap"

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("measure")
        roadmap = tasks.add_parser("roadmap")
        roadmap.add_argument("file", type=Path)
        roadmap.add_argument("--reason", required=True)

    def handle(self, *, task: str, **options) -> None:
        if task == "measure":
            written = services.measure(by="system:operator", at=clock.now())
            self.stdout.write(f"{written} số đo mới / new measures")
            return
        try:
            document = json.loads(options["file"].read_text("utf-8"))
            done = services.declare_roadmap(
                document=document, reason=options["reason"], by="system:operator", at=clock.now()
            )
        except Refusal as refusal:
            raise CommandError(f"{refusal.text('vi')}\n{refusal.text('en')}") from None
        except (OSError, ValueError) as error:
            raise CommandError(f"Không đọc được tệp / the file cannot be read: {error}") from None
        self.stdout.write(f"{done} dòng lộ trình mới / new lines of roadmaps")
