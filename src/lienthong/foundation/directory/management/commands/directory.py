"""``./lienthong manage directory unit 26734 --on 2020-01-01``: what a code was, what it is."""

from datetime import date

from django.core.management.base import BaseCommand, CommandParser

from lienthong.foundation.directory import queries
from lienthong.kernel import clock


class Command(BaseCommand):
    help = "Tra địa bàn, cơ quan theo ngày / look up territories and agencies by date"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["unit", "agency"])
        parser.add_argument("code")
        parser.add_argument("--on", type=date.fromisoformat, help="ngày của mã / the date of the code (YYYY-MM-DD)")
        parser.add_argument("--target", type=date.fromisoformat, help="ngày cần biết / the date asked about")

    def handle(self, *, what: str, code: str, on: date | None, target: date | None, **_options) -> None:
        today = clock.vietnam_date(clock.now())
        if what == "agency":
            found = queries.agency(code, on or today)
            for item in [found] if found else queries.agency_successors(code, on or today, target or today):
                mark = " (mã tạm / provisional)" if item.provisional else ""
                self.stdout.write(
                    f"{item.code} {item.old_code} {item.name}{mark} {item.valid_from} – {item.valid_to or ''}"
                )
            return
        answer = queries.resolve(code, on or today, target or today)
        self.stdout.write(f"{answer.outcome.value}: {answer.was.full_name if answer.was else '–'}")
        for step in answer.steps:
            self.stdout.write(f"  {step.on} {step.kind.value}: {step.from_code} → {step.to_code} ({step.decree})")
        for part in answer.parts:
            proposed = " *" if answer.default and len(answer.parts) > 1 and part == answer.default else ""
            self.stdout.write(f"  = {part.code} {part.full_name}{proposed}")
