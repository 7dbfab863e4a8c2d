"""Boards that people compose: a draft for its owner, published for whoever may see its territory, indicators in their order."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lienthong.channels.dashboards import domain, models, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.data.warehouse.domain import UnknownIndicator
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

CODES = ["tasks-open", "tasks-overdue", "tasks-on-time", "targets-met"]


@given(st.lists(st.tuples(st.sampled_from(domain.Change), st.sampled_from(CODES)), max_size=30))
def test_whatever_is_pressed_each_indicator_is_there_at_most_once_and_none_comes_from_nowhere(presses):
    sections, added = (domain.OwnSection("Phần", ()),), set()
    for change, code in presses:
        before = sections[0].indicators
        sections = domain.compose(sections, 0, change, code)
        after = sections[0].indicators
        added |= {code} if change is domain.Change.ADD else set()
        assert len(set(after)) == len(after)
        assert set(after) <= added
        if change in (domain.Change.UP, domain.Change.DOWN):
            assert sorted(after) == sorted(before)


def test_up_and_down_move_one_place_and_stop_at_the_ends():
    start = (domain.OwnSection("Phần", ("a", "b", "c")),)
    moved = domain.compose(start, 0, domain.Change.DOWN, "a")
    assert moved[0].indicators == ("b", "a", "c")
    assert domain.compose(moved, 0, domain.Change.UP, "a") == start
    assert domain.compose(start, 0, domain.Change.UP, "a") == start
    assert domain.compose(start, 0, domain.Change.DOWN, "c") == start
    with pytest.raises(domain.BadBoard):
        domain.compose(start, 1, domain.Change.ADD, "d")


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def actor(username: str) -> str:
    return identity.by_username(username=username).actor


def begin(username: str = "lanh-dao-tw", territory: str = "", title: str = "Giao ban tuần"):
    return services.begin_board(title=title, territory=territory, by=actor(username), at=clock.now())


def press(client: Client, board, do: str, **fields):
    return client.post(f"/boards/own/{board}/compose", {"do": do, "section": "0"} | fields)


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
class TestOnScreen:
    def test_a_board_is_composed_published_and_read_by_others(self):
        leader, minister, citizen = signed_in("lanh-dao-tw"), signed_in("bo-truong"), signed_in("cong-dan")
        made = leader.post("/boards/own", {"title": "Giao ban tuần", "territory": "vn"})
        address = made["Location"].removesuffix("/compose")
        board = address.rsplit("/", 1)[1]
        for do in ("add:tasks-open", "add:tasks-overdue", "up:tasks-overdue"):
            assert press(leader, board, do).status_code == 302
        assert queries.own_board(id=board).sections[0].indicators == ("tasks-overdue", "tasks-open")
        assert "Thêm chỉ tiêu" in leader.get(f"{address}/compose?q=nhiem vu").content.decode()
        assert minister.get(address).status_code == 404
        assert leader.post(f"{address}/state", {"state": "published"}).status_code == 302
        page = minister.get(address).content.decode()
        assert page.index("Nhiệm vụ quá hạn") < page.index("Nhiệm vụ đang thực hiện")
        assert "Giao ban tuần" in minister.get("/boards/own?q=giao+ban").content.decode()
        assert "Giao ban tuần" not in minister.get("/boards/own?q=khac").content.decode()
        assert citizen.get(address).status_code == 403
        assert minister.get(f"{address}/compose").status_code == 404
        assert minister.post(f"{address}/state", {"state": "retired"}).status_code == 404
        assert press(leader, board, "add:targets-met").status_code == 422

    def test_of_a_province_others_do_not_see_it(self):
        board = begin(territory="01")
        services.change_indicator(
            board_id=board,
            section=0,
            change=domain.Change.ADD,
            code="tasks-open",
            by=actor("lanh-dao-tw"),
            at=clock.now(),
        )
        services.set_board_state(
            board_id=board, state=domain.BoardState.PUBLISHED, by=actor("lanh-dao-tw"), at=clock.now()
        )
        chairperson = signed_in("chu-tich-tinh")
        assert chairperson.get(f"/boards/own/{board}").status_code == 403
        assert "Giao ban tuần" not in chairperson.get("/boards/own").content.decode()
        assert signed_in("bo-truong").get(f"/boards/own/{board}").status_code == 200

    def test_who_may_not_edit_makes_none(self):
        operator = signed_in("van-hanh")
        assert operator.post("/boards/own", {"title": "Thử", "territory": "vn"}).status_code == 403
        assert signed_in("chu-tich-tinh").post("/boards/own", {"title": "Thử", "territory": "01"}).status_code == 403
        assert models.BoardRow.objects.count() == 0

    def test_parts_are_added_renamed_and_taken_out(self):
        leader, board = signed_in("lanh-dao-tw"), begin()
        press(leader, board, "add:tasks-open")
        assert press(leader, board, "titles", title="Mới", parts=["Một", "Hai"]).status_code == 302
        found = queries.own_board(id=board)
        assert (found.title, [part.title for part in found.sections]) == ("Mới", ["Một", "Hai"])
        assert found.sections[0].indicators == ("tasks-open",)
        press(leader, board, "titles", title="Mới", parts=["Một", "Hai", " "])
        press(leader, board, "titles", title="Mới", parts=["", "Hai"])
        assert [part.title for part in queries.own_board(id=board).sections] == ["Hai"]
        for fields in (
            {"title": "", "parts": ["Hai"]},
            {"title": "x", "parts": [""]},
            {"title": "x" * 121, "parts": ["a"]},
        ):
            assert press(leader, board, "titles", **fields).status_code == 422

    def test_bad_input_is_refused(self):
        leader, board = signed_in("lanh-dao-tw"), begin()
        assert press(leader, board, "add:khong-co").status_code == 404
        assert press(leader, board, "add:tasks-open", section="9").status_code == 422
        assert press(leader, board, "add:tasks-open", section="x").status_code == 422
        assert leader.post(f"/boards/own/{board}/state", {"state": "published"}).status_code == 422
        assert leader.post(f"/boards/own/{board}/state", {"state": "x"}).status_code == 422
        assert leader.post("/boards/own", {"title": "Thử", "territory": "zz"}).status_code == 404

    def test_only_its_owner_changes_it(self):
        board = begin()
        values = {"board_id": board, "by": actor("bo-truong"), "at": clock.now()}
        with pytest.raises(NotFound):
            services.change_indicator(section=0, change=domain.Change.ADD, code="tasks-open", **values)
        with pytest.raises(NotFound):
            services.set_board_state(state=domain.BoardState.RETIRED, **values)
        with pytest.raises(UnknownIndicator):
            services.change_indicator(
                board_id=board, section=0, change=domain.Change.ADD, code="x", by=actor("lanh-dao-tw"), at=clock.now()
            )

    def test_it_costs_as_many_queries_however_many_indicators(self, django_assert_max_num_queries):
        leader, board = signed_in("lanh-dao-tw"), begin()
        for code in CODES:
            press(leader, board, f"add:{code}")
        leader.get(f"/boards/own/{board}")
        with django_assert_max_num_queries(30):
            assert leader.get(f"/boards/own/{board}").status_code == 200
