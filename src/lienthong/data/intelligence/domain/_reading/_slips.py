"""Likely slips of the pen, mended."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from lienthong.data.intelligence.domain import _spans as spans
from lienthong.data.intelligence.domain._questions import Lexicon
from lienthong.data.intelligence.domain._spans import Word

_MOST_GUESSES = 60


def mended(words: Sequence[Word], lexicon: Lexicon) -> Iterable[tuple[list[Word], tuple[tuple[str, str], ...]]]:
    wanted = _vocabulary(lexicon) | spans.mendable()
    known = spans.syllables() | lexicon.syllables | wanted
    odd = [
        place
        for place, word in enumerate(words)
        if word.fold.isalpha() and len(word.fold) > 2 and word.fold not in known and not spans.is_syllable(word.fold)
    ]
    if not 0 < len(odd) <= 2:
        return
    near = [[form for form in sorted(wanted) if len(form) > 1 and _one_off(words[place].fold, form)] for place in odd]
    for number, forms in enumerate(product(*near)):
        if number >= _MOST_GUESSES:
            return
        better = list(words)
        for place, form in zip(odd, forms, strict=True):
            better[place] = replace(words[place], fold=form, key=form)
        yield better, tuple((words[place].text, form) for place, form in zip(odd, forms, strict=True))


def _vocabulary(lexicon: Lexicon) -> frozenset[str]:
    names = [name for item in lexicon.indicators for name in item.names]
    names += [item.name for item in lexicon.places if not item.parent] + [item.name for item in lexicon.formers]
    return frozenset(form for name in names for form, _ in spans.keys(name))


def _one_off(written: str, meant: str) -> bool:
    """Whether one letter was left out, put in, changed, or two were exchanged."""
    if abs(len(written) - len(meant)) > 1 or written == meant:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), min(len(written), len(meant))
    )
    a, b = written[start:], meant[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:] and len(a) > 1)
