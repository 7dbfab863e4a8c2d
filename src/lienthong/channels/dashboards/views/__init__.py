"""Boards, numbers and snapshots on screen."""

from lienthong.channels.dashboards.views._boards import country, local, sector
from lienthong.channels.dashboards.views._indicators import indicator, withdraw_note, write_note
from lienthong.channels.dashboards.views._own import compose, own_board, own_boards, set_board_state
from lienthong.channels.dashboards.views._snapshots import content, keep, proof, snapshot, snapshots

__all__ = [
    "compose",
    "content",
    "country",
    "indicator",
    "keep",
    "local",
    "own_board",
    "own_boards",
    "proof",
    "sector",
    "set_board_state",
    "snapshot",
    "snapshots",
    "withdraw_note",
    "write_note",
]  # fmt: skip
