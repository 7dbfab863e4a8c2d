"""Pages that show the same are one board, whoever comes and goes first."""

import pytest

from lienthong.channels.dashboards.programs.live import Board, Live, Page


@pytest.fixture
def live() -> Live:
    return Live("", "key")


def page(*territories: str, guarded: frozenset[str] = frozenset()) -> Page:
    return Page(Board(territories, ("wells",), guarded), 0)


def test_pages_that_show_the_same_share_a_board_though_they_came_at_once(live):
    first, second, other = page("", "01"), page("", "01"), page("", "01", guarded=frozenset({"wells"}))
    for one in (first, second, other):
        live.join(one)
    assert first.board is second.board is not other.board
    assert live.showing["wells", "01"] == {first.board, other.board}


def test_a_board_is_there_as_long_as_one_page_shows_it(live):
    first, second = page("", "01"), page("", "01")
    live.join(first)
    live.join(second)
    live.leave(first)
    live.leave(first)
    assert live.showing["wells", ""] == {second.board}
    live.leave(second)
    assert not live.showing
    assert not live.boards
    live.join(third := page("", "01"))
    assert live.showing["wells", ""] == {third.board}
