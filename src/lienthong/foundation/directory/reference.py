"""The published lists of territories and agencies."""

from datetime import datetime

from lienthong.foundation.directory import services


def load(*, by: str, at: datetime) -> None:
    """Load them; harmless to repeat."""
    services.load_published_lists(by=by, at=at)
