"""What is written from the code says what the code says."""

import re

import pytest

from lienthong.bootstrap import papers
from lienthong.bootstrap.options import ROOT


@pytest.mark.parametrize("name", papers.PAPERS)
def test_a_paper_is_up_to_date(name):
    assert (papers.DOCS / name).read_text("utf-8") == papers.PAPERS[name](), f"docs/{name}: run ./lienthong papers"


def test_every_paper_that_is_named_is_there():
    for file in [
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "src").rglob("*.html"),
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]:
        for name in re.findall(r"\bdocs/[\w/-]+\.\w+", file.read_text("utf-8")):
            assert (ROOT / name).exists(), f"{file.relative_to(ROOT)} names {name}, which is not there"
    for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for name in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", file.read_text("utf-8")):
            assert (file.parent / name).exists(), f"{file.relative_to(ROOT)} links to {name}, which is not there"
