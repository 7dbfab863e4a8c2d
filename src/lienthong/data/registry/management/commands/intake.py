"""``./lienthong manage intake token REGISTER SOURCE --name N --days D``: who may send facts to the intake."""

from datetime import timedelta
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lienthong.data.registry import queries, services
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

BY = "system:operator"


class Command(BaseCommand):
    help = "Thẻ gửi dữ liệu qua cổng nhận / tokens of the intake"

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        token = tasks.add_parser("token", help="cấp thẻ, chỉ in một lần / issue a token, printed once")
        token.add_argument("register")
        token.add_argument("source")
        token.add_argument("--name", required=True, help="hệ thống gửi / the sending system")
        token.add_argument("--days", type=int, default=365, help="số ngày có hiệu lực / days it lasts")
        tasks.add_parser("revoke", help="thu hồi / revoke").add_argument("id", type=UUID)
        tasks.add_parser("list", help="các thẻ / the tokens")

    def handle(self, *, task: str, **options) -> None:
        now = clock.now()
        try:
            match task:
                case "token":
                    self._issue(now, options)
                case "revoke":
                    services.revoke_token(id=options["id"], by=BY, at=now)
                    self.stdout.write("Đã thu hồi / revoked")
                case "list":
                    self._list(now)
        except Refusal as refusal:
            raise CommandError(f"{refusal.text('vi')} / {refusal.text('en')}") from refusal

    def _issue(self, now, options) -> None:
        until = now + timedelta(days=options["days"])
        id, token = services.issue_token(
            register=options["register"],
            source=options["source"],
            name=options["name"],
            expires_at=until,
            by=BY,
            at=now,
        )
        self.stderr.write(
            f"Thẻ {id}, hiệu lực đến {clock.vietnam_date(until)}; hãy cất ngay, thẻ không xem lại được."
            f" / Keep it now: it cannot be read again."
        )
        self.stdout.write(token)

    def _list(self, now) -> None:
        for token in queries.intake_tokens():
            state = "thu hồi / revoked" if token.revoked_at else "hết hạn / expired" if token.expires_at <= now else "✓"
            self.stdout.write(
                f"{token.id}  {token.register}/{token.source}  {token.name}"
                f"  {clock.vietnam_date(token.expires_at)}  {state}"
            )
