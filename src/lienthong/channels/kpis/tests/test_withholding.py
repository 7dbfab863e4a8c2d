"""What is withheld stays withheld: nothing that is shown moves with a hidden ratio, on any page, in JSON, to strangers or to
officers without the rows."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.channels.kpis import domain, models, queries, services
from lienthong.channels.kpis.testing import small
from lienthong.channels.kpis.tests.test_life import AFTER, BY, JUDGE, LEADER, OWN, Q3, UNIT, dossiers
from lienthong.channels.kpis.tests.test_pages import signed_in
from lienthong.channels.kpis.tests.test_periods import assess
from lienthong.channels.kpis.tests.test_periods import framework as made
from lienthong.channels.kpis.tests.test_reopening import OFFICER, WHY
from lienthong.commons.casework import services as casework
from lienthong.data.warehouse import services as warehouse
from lienthong.data.warehouse.domain import SMALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
LEAF = {"max": 5, "name": {"vi": "A"}, "full_at": 80, "nothing": "zero"}
TREE = made(
    {"code": "g", "max": 10, "name": {"vi": "G"}, "children": [LEAF | {"code": code, "indicator": code} for code in "ab"]},
    {"code": "h", "max": 5, "name": {"vi": "H"}, "children": [LEAF | {"code": "c", "indicator": "c", "times": "a"}]},
    LEAF | {"code": "d", "indicator": "d"},
)  # fmt: skip
CODES = ("a", "b", "c", "d")
COUNTS = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: (min(pair), max(pair)))


class TestRules:
    @given(st.dictionaries(st.sampled_from(["x", "y", "z"]), st.fixed_dictionaries(dict.fromkeys(CODES, COUNTS)), min_size=1),
           st.data())  # fmt: skip
    @settings(deadline=None)
    def test_nothing_shown_moves_with_a_hidden_ratio(self, units, data):
        """Other numerators of all that is hidden, whatever they are: every shown result of every unit is the same."""
        found = {unit: assess(TREE, sums) for unit, sums in units.items()}
        hidden = domain.withheld(TREE, CODES, found)
        told = {unit: domain.shown(TREE, results, hidden[unit]) for unit, results in found.items()}
        others = {
            unit: {
                code: (data.draw(st.integers(0, bottom)), bottom) if code in hidden[unit] else (top, bottom)
                for code, (top, bottom) in sums.items()
            }
            for unit, sums in units.items()
        }
        again = {unit: assess(TREE, sums) for unit, sums in others.items()}
        for unit in units:
            assert domain.shown(TREE, again[unit], hidden[unit]) == told[unit]

    @given(st.dictionaries(st.sampled_from("uvwxyz"), COUNTS, min_size=1))
    def test_nor_can_it_be_worked_out_from_the_whole(self, units):
        """The whole less the parts that are shown is never the rows of few alone."""
        leaf = made(LEAF | {"code": "d", "indicator": "d"})
        found = {unit: assess(leaf, {"d": sums}) for unit, sums in units.items()}
        hidden = [unit for unit, codes in domain.withheld(leaf, ["d"], found).items() if codes]
        if hidden:
            rows = [found[unit]["d"].denominator for unit in hidden]
            assert all(found[unit]["d"].denominator not in range(1, SMALL) for unit in units.keys() - set(hidden))
            assert len(hidden) == len([unit for unit, sums in units.items() if sums[1]]) or (
                len(hidden) > 1 and sum(rows) >= SMALL
            )

    @given(st.fixed_dictionaries(dict.fromkeys(CODES, COUNTS)), st.sets(st.sampled_from(CODES)))
    def test_a_range_holds_what_it_hides_and_ends_where_the_points_do(self, sums, hidden):
        results = assess(TREE, sums)
        for code, item in domain.shown(TREE, results, hidden).items():
            if item.is_hidden:
                assert item.score is None
                if code in CODES:
                    assert (item.low, item.high) == (None, None)
                    continue
                assert item.low <= results[code].score <= item.high
                assert item.low < item.high
            else:
                assert item == results[code]

    def test_what_is_multiplied_by_a_hidden_leaf_is_hidden_and_its_own_rows_are_counted(self):
        few = assess(TREE, {"a": (2, 3), "c": (10, 20)})
        assert domain.withheld(TREE, CODES, {"x": few})["x"] == {"a", "c"}
        product = assess(TREE, {"a": (50, 100), "c": (2, 3)})
        assert domain.rows_behind(TREE.criterion("c"), product) == 3
        assert domain.withheld(TREE, CODES, {"x": product})["x"] == {"c"}

    def test_rows_about_no_persons_are_told(self):
        assert domain.withheld(TREE, ["b"], {"x": assess(TREE, {"a": (1, 2), "b": (9, 9)})})["x"] == frozenset()

    def test_a_version_with_something_hidden_is_shown_without_its_seal(self):
        version = domain.Version(
            1, AFTER, Decimal(9), "", assess(TREE, {"a": (2, 3)}), AFTER, "ab", withheld=frozenset("a")
        )
        assert (domain.as_shown(TREE, version).seal, domain.as_shown(TREE, version).score) == ("", None)
        plain = replace(version, withheld=frozenset())
        assert domain.as_shown(TREE, plain) == plain


def commune(online: int, *, of: int = 3) -> domain.Assessment:
    """A commune of few dossiers; whatever they are, those of its province come to the same."""
    services.declare(document=small(), by=BY, at=AFTER)
    dossiers(online=30, others=70)
    dossiers(online=20 - online, others=20 + online, agency="H19.26374")
    dossiers(online=40, others=60, agency="H19.26377")
    dossiers(online=online, others=of - online, agency="H19.26368")
    framework = queries.framework(code="small")
    services.assess(framework=framework, span=Q3, at=AFTER)
    for unit in ("26368", "26374", "26377", "75"):
        item = queries.assessments(framework=framework, span=Q3)[unit]
        services.self_score(id=item.id, given=OWN, **UNIT)
        services.appraise(id=item.id, given=OWN, **JUDGE)
        services.publish(ids=[item.id], **LEADER)
    return queries.assessments(framework=framework, span=Q3)["26368"]


def read(client: Client, address: str) -> str:
    """What is read there, without what differs between any two answers."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = re.sub(r'(csrf\w*"? value=|content=)"[^"]+"', "", answer.content.decode())
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}|nonce-\S+|\d+ (giây|phút) trước", "", text)


PUBLIC = ["/results/small/2026-Q3/26368", "/results?framework=small&province=75", "/results/small/2026-Q3/26368?version=1",
          "/api/v1/results/small/2026-Q3?kind=commune&province=75", "/api/v1/results/small/2026-Q3/26368",
          "/results/small/2026-Q3/26374"]  # fmt: skip
OFFICERS = ["/kpis/26368?framework=small&period=2026-Q3", "/kpis/26368/online?framework=small&period=2026-Q3",
            "/kpis/26374/online?framework=small&period=2026-Q3", "/kpis/75?framework=small&period=2026-Q3",
            "/api/v1/kpis/small?territory=26368&period=2026-Q3"]  # fmt: skip


class TestEverywhere:
    def test_whatever_the_hidden_ratio_is_everybody_reads_the_same(self):
        seen = []
        officer = signed_in("van-hanh")
        for online in (0, 1, 3):
            with transaction.atomic():
                found = commune(online)
                told = {}
                for address in [*PUBLIC, *OFFICERS, f"/kpis/assessments/{found.id}"]:
                    text = read(officer if address.startswith(("/kpis", "/api/v1/kpis")) else Client(), address)
                    told[address.replace(str(found.id), "")] = text
                seen.append(told)
                transaction.set_rollback(True)
        for address in seen[0]:
            first, *others = (told[address].splitlines() for told in seen)
            for other in others:
                assert [pair for pair in zip(other, first, strict=True) if pair[0] != pair[1]] == [], address
        assert "giữ kín" in seen[0][PUBLIC[0]]

    def test_a_neighbour_is_withheld_with_it(self):
        commune(2)
        framework = queries.framework(code="small")
        units = queries.assessments(framework=framework, span=Q3)
        assert {unit: set(item.withheld) for unit, item in units.items() if unit in ("26368", "26374", "26377", "75")} == {
            "26368": {"online"}, "26374": {"online"}, "26377": set(), "75": set(),
        }  # fmt: skip

    def test_what_is_withheld_of_a_month_is_of_its_quarter_whenever_it_comes_to_be(self):
        """The quarter has rows enough; less the months that are shown it would tell the month that has not."""
        services.declare(document=small(), by=BY, at=AFTER)
        framework = queries.framework(code="small")
        dossiers(online=20, others=20, agency="H19.26374")
        dossiers(online=40, others=60, agency="H19.26377")
        dossiers(online=1, others=2, agency="H19.26368")
        rows = [
            {"MaHoSo": f"H19.26368-260710-{number:05}", "MaTTHC": "1.999999", "KenhThucHien": 2, "DonViXuLy": "H19.26368",
             "NgayTiepNhan": "20260710083000", "TrangThaiHoSo": 2}
            for number in range(50)
        ]  # fmt: skip
        casework.sync(rows=rows, source="national-portal", by=BY, at=AFTER)
        warehouse.recompute(code="online-share", at=AFTER)

        def hidden(period: str) -> dict[str, set[str]]:
            found = queries.assessments(framework=framework, span=domain.Span.parse(period))
            return {unit: set(found[unit].withheld) for unit in ("26368", "26374", "26377")}

        services.assess(framework=framework, span=Q3, at=AFTER)
        assert hidden("2026-Q3") == {"26368": set(), "26374": set(), "26377": set()}
        services.assess(framework=framework, span=domain.Span.parse("2026-08"), at=AFTER)
        assert hidden("2026-08") == {"26368": {"online"}, "26374": {"online"}, "26377": set()}
        assert hidden("2026-Q3") == hidden("2026-08")
        services.assess(framework=framework, span=Q3, at=AFTER)
        assert hidden("2026-Q3") == hidden("2026-08")

    def test_who_may_read_the_rows_is_told_all_of_it(self):
        commune(2)
        leader = signed_in("lanh-dao-tw")
        assert "2 ÷ 3" in leader.get(OFFICERS[0]).content.decode()
        (_, online, _) = leader.get(OFFICERS[-1]).json()
        assert (online["score"], online["withheld"], online["low"]) == ("5.00", False, None)
        whole, online, plan = signed_in("van-hanh").get(OFFICERS[-1]).json()
        assert (online["score"], online["withheld"], online["low"], online["high"]) == (None, True, None, None)
        assert (whole["score"], whole["low"], whole["high"], plan["score"]) == (None, "4.00", "10.00", "4")

    def test_nothing_is_asked_in_public_about_what_is_withheld(self):
        found = commune(0)
        assert queries.questions(id=found.id) == {}

    def test_reopened_and_published_again_it_stays_withheld(self):
        found = commune(0)
        dossiers(online=3, others=0, agency="H19.26368")
        services.reopen(id=found.id, **WHY, **OFFICER)
        services.self_score(id=found.id, given=OWN, **UNIT | {"at": OFFICER["at"]})
        services.appraise(id=found.id, given=OWN, **JUDGE | {"at": OFFICER["at"]})
        services.publish(ids=[found.id], **LEADER | {"at": OFFICER["at"]})
        newest, oldest = Client().get(PUBLIC[4]).json()
        assert (newest["moved"], newest["score"], newest["seal"], oldest["seal"]) == ([], None, "", "")
        assert (newest["low"], newest["high"]) == (oldest["low"], oldest["high"])

    def test_what_was_kept_before_anyone_looked_is_withheld_where_few_rows_are(self):
        found = commune(2)
        models.AssessmentRow.objects.filter(id=found.id).update(withheld=None)
        assert queries.assessment(id=found.id).withheld == {"online"}
        ranking = Client().get(PUBLIC[3]).json()
        assert next(item for item in ranking if item["unit"] == "26368")["score"] is None
