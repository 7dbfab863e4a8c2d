"""The frameworks every space begins with."""

import json
from datetime import datetime
from pathlib import Path

import structlog

from lienthong.channels.kpis import domain, services

log = structlog.get_logger(__name__)
DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Put them in force; harmless to repeat. One whose results are published stays as it was published, and a file that says
    otherwise under the same version is not taken: a space starts all the same."""
    for file in sorted(DECLARATIONS.glob("*.framework.json")):
        try:
            services.declare(document=json.loads(file.read_text("utf-8")), by=by, at=at)
        except domain.VersionTaken as refusal:
            log.warning("%s is not taken: %s", file.name, refusal.text("en"))
    services.keep_missing(at=at)
