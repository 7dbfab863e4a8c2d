"""Spellings of one name have one key; different facts never share one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.kernel.text import fold, nfc, spelling_key

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy -àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
VIETNAMESE = st.text(alphabet=LETTERS, max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "Hòa Bình"), ("Thuỷ Nguyên", "Thủy Nguyên"), ("HUẾ", "Huế"), ("Ea H'leo", "Ea H’leo"),
        ("Bà Rịa - Vũng Tàu", "Bà Rịa–Vũng Tàu"), ("Phường  Tân An", "Phường Tân An"), ("Đắk Lắk", "ĐẮK LẮK"),
    ],
)  # fmt: skip
def test_one_name_spelled_two_ways(one, other):
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xã An Bình", "Phường An Bình"),
        ("Hòa", "Hoá"),
        ("Tân", "Tăn"),
        ("Đông", "Dông"),
        ("Lào Cai", "Lao Cai"),
        ("Ba", "Bá"),
    ],
)
def test_two_names_are_two(one, other):
    assert spelling_key(one) != spelling_key(other)


@given(VIETNAMESE)
def test_composition_case_and_spaces_never_make_another_name(text):
    assert spelling_key(text) == spelling_key(unicodedata.normalize("NFD", text)) == spelling_key(f"  {text.upper()} ")


@given(VIETNAMESE)
def test_folding_is_plain_and_done_once(text):
    folded = fold(text)
    assert folded.isascii()
    assert fold(folded) == folded


@given(st.text())
def test_anything_can_be_folded_and_stored(text):
    assert nfc(nfc(text)) == nfc(text)
    fold(text)
    spelling_key(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_plain_text_is_kept_the_short_way_as_the_long_way(text):
    assert nfc(text) == nfc(text + "à").removesuffix("à").strip()
