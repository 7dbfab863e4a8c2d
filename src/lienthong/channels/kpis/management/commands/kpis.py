"""``./lienthong manage kpis declare FILE`` and ``… kpis assess [--framework CODE --period 2026-Q1]``."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lienthong.channels.kpis import domain, queries, services
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Khai báo khung đánh giá; tính kết quả một kỳ / declare a framework; compute a period"

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("declare").add_argument("file", type=Path)
        assess = tasks.add_parser("assess")
        assess.add_argument("--framework", default="")
        assess.add_argument("--period", default="")

    def handle(self, *, task: str, **options) -> None:
        try:
            if task == "declare":
                document = json.loads(options["file"].read_text("utf-8"))
                services.declare(document=document, by="system:operator", at=clock.now())
                self.stdout.write(f"Đã khai báo / declared: {document['code']} {document['version']}")
            elif options["period"]:
                framework = queries.framework(code=options["framework"])
                done = services.assess(framework=framework, span=domain.Span.parse(options["period"]), at=clock.now())
                self.stdout.write(f"{done} đơn vị / units")
            else:
                self.stdout.write(f"{services.assess_current(at=clock.now())} kết quả / results")
        except Refusal as refusal:
            raise CommandError(f"{refusal.text('vi')}\n{refusal.text('en')}") from None
        except (OSError, ValueError) as error:
            raise CommandError(f"Không đọc được tệp / the file cannot be read: {error}") from None
