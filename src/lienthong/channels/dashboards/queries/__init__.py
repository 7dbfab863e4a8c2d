"""Reading boards, notes on numbers, and boards as they were kept."""

from lienthong.channels.dashboards.queries._boards import Board, board, path_of
from lienthong.channels.dashboards.queries._drivers import PartDrivers, part_drivers
from lienthong.channels.dashboards.queries._notes import notes
from lienthong.channels.dashboards.queries._outlook import Outlook, outlook
from lienthong.channels.dashboards.queries._own import board_of, own_board, own_boards
from lienthong.channels.dashboards.queries._snapshots import KEEP, content_of, frozen, proof_of, snapshot, snapshots

__all__ = [
    "KEEP",
    "Board",
    "Outlook",
    "PartDrivers",
    "board",
    "board_of",
    "content_of",
    "frozen",
    "notes",
    "outlook",
    "own_board",
    "own_boards",
    "part_drivers",
    "path_of",
    "proof_of",
    "snapshot",
    "snapshots",
]  # fmt: skip
