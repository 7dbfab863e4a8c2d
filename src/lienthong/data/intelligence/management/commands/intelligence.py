"""``./lienthong manage intelligence …``: what a night's analysis does, by hand."""

import json
from datetime import date, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lienthong.data.intelligence import domain, queries, services
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

BY = "system:operator"


class Command(BaseCommand):
    help = "Dự báo, tác động / forecasts, effects"

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        forecast = tasks.add_parser("forecast", help="dự báo theo tuần / weekly forecasts")
        forecast.add_argument("--origin", type=date.fromisoformat, help="ngày cuối được biết / the last day known")
        forecast.add_argument(
            "--every",
            type=int,
            default=0,
            metavar="N",
            help="lùi về trước, cứ N tuần một lần / and before, every N weeks",
        )
        forecast.add_argument(
            "--communes", action="store_true", help="các xã thay vì các tỉnh / communes, not provinces"
        )
        declare = tasks.add_parser("interventions", help="khai báo can thiệp từ tệp JSON / declare interventions")
        declare.add_argument("file", type=Path)
        effects = tasks.add_parser("effects", help="ước lượng tác động / estimate effects")
        effects.add_argument("--weeks", type=int, help="số tuần sau khi bắt đầu / weeks after the start")
        tasks.add_parser("unusual", help="tuần khác thường / unusual weeks")
        told = tasks.add_parser("conclusions", help="ghi mọi kết luận ra JSON / write every conclusion as JSON")
        told.add_argument("file", type=Path)

    def handle(self, *, task: str, **options) -> None:
        try:
            getattr(self, f"_{task}")(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.text('vi')} / {refusal.text('en')}") from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _forecast(self, options) -> None:
        origins = [options["origin"]]
        if options["every"]:
            last = queries.last_full_week()
            first = queries.first_week()
            if last is None or first is None:
                raise CommandError("Chưa có số liệu theo tuần. / There are no weekly numbers yet.")
            step = timedelta(weeks=options["every"])
            origins = [last]
            while (before := origins[-1] - step) >= first + timedelta(weeks=2 * domain.LEAST_WEEKS):
                origins.append(before)
        for origin in reversed(origins):
            written = services.forecast(origin=origin, communes=options["communes"], by=BY, at=clock.now())
            self.stdout.write(f"{origin or ''} {written} dự báo / expectations")

    def _interventions(self, options) -> None:
        items = json.loads(options["file"].read_text("utf-8"))
        for item in items:
            services.declare_intervention(
                item=domain.Intervention(
                    id=item["id"], title=item["title"], indicator=item["indicator"], territories=tuple(item["territories"]),
                    start=date.fromisoformat(item["start"]), where=item.get("where", {}),
                ),
                by=BY, at=clock.now(),
            )  # fmt: skip
        self.stdout.write(f"{len(items)} can thiệp / interventions")

    def _effects(self, options) -> None:
        done = services.estimate_effects(weeks=options["weeks"], by=BY, at=clock.now())
        self.stdout.write(f"{done} ước lượng / estimates")
        for item in queries.effects().values():
            self.stdout.write(f"  {item.intervention}: {item.vi}")

    def _unusual(self, _options) -> None:
        found = services.find_unusual(by=BY, at=clock.now())
        self.stdout.write(f"{len(found)} phát hiện / insights")
        for insight_id in found[:20]:
            self.stdout.write(f"  {queries.insight(id=insight_id).vi}")

    def _conclusions(self, options) -> None:
        document = {
            "forecasts": [
                {"indicator": item.indicator, "territory": item.territory, "origin": str(item.origin), "week": str(item.week),
                 "point": item.point, "low": item.low, "high": item.high}
                for item in queries.expectations()
            ],
            "effects": [
                {"id": item.intervention, "verdict": item.verdict.value, "effect": item.effect, "low": item.low,
                 "high": item.high}
                for item in queries.effects().values()
                if None not in (item.effect, item.low, item.high)
            ],
            "falsified": [item.agency for item in queries.insights(kind="falsification", limit=100_000)],
        }  # fmt: skip
        options["file"].write_text(json.dumps(document, ensure_ascii=False) + "\n", "utf-8")
        self.stdout.write(
            f"{len(document['forecasts'])} + {len(document['effects'])} + {len(document['falsified'])} → {options['file']}"
        )
