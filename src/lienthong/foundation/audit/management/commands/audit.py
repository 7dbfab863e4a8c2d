"""``./lienthong audit verify``: recompute the log and name what was changed, removed or inserted."""

import json

from django.core.management.base import BaseCommand, CommandParser

from lienthong.foundation.audit import queries

KINDS = {
    "changed": "bị sửa / changed",
    "removed": "bị xóa / removed",
    "inserted": "bị chèn / inserted",
    "gap": "thiếu lá / gap",
    "root": "sai gốc cây / wrong root",
    "signature": "sai chữ ký / bad signature",
}


class Command(BaseCommand):
    help = "Kiểm tra nhật ký không thể sửa / check the tamper-evident log"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=["verify"])
        parser.add_argument("--json", action="store_true", help="kết quả cho máy đọc / for machines")

    def handle(self, *, task: str, **options) -> None:
        report = queries.verify()
        if options["json"]:
            body = {
                "sound": report.sound,
                "records": report.records,
                "sealed": report.leaves,
                "checkpoints": report.checkpoints,
                "findings": [finding.__dict__ for finding in report.findings],
            }
            self.stdout.write(json.dumps(body, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(
                f"{report.records} bản ghi, {report.leaves} đã niêm phong, {report.checkpoints} điểm kiểm tra có chữ ký"
                f" / records, sealed, signed checkpoints"
            )
            for finding in report.findings:
                self.stdout.write(f"  ✗ {KINDS[finding.kind]}: {finding.place}: {finding.text}")
            self.stdout.write("✓ Nguyên vẹn / sound" if report.sound else "✗ KHÔNG nguyên vẹn / NOT sound")
        if not report.sound:
            raise SystemExit(1)
