"""One content has one text, whatever order it was put together in."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from lienthong.kernel.keeping import canonical, digest

CONTENT = st.dictionaries(st.text(), st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text())))


@given(CONTENT)
def test_a_content_has_one_text_and_is_read_back(content):
    text = canonical(content)
    assert json.loads(text) == content
    assert canonical(dict(reversed(content.items()))) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_is_hashed_in_utf_8(text):
    assert digest(text) == hashlib.sha256(text.encode("utf-8")).hexdigest()
