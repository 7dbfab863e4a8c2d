"""Vietnamese text: normal form, folding for search, and what counts as the same name spelled otherwise."""

import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]")
_TONES = re.compile(r"[\u0300\u0301\u0303\u0309\u0323]")
_APOSTROPHES = re.compile(r"[’‘ʼ`´′']")
_DASHES = re.compile(r"\s*[-‐‑‒–—−]\s*")
_SPACES = re.compile(r"\s+")
_LAYOUT = re.compile(r" *[\t\n\r\f\v]\s*")


def nfc(text: str) -> str:
    """Composed form without layout: how text is stored. Line ends, tabs and hard spaces become a space, spaces around it go;
    other spaces inside stay as they were told, because two sources that differ in them differ in spelling."""
    if text.isascii() and text.isprintable():
        return text.strip()  # codes and dates, by the million
    return _LAYOUT.sub(" ", unicodedata.normalize("NFC", text).replace("\u00a0", " ")).strip()


def fold(text: str) -> str:
    """Search key: no tone or vowel marks, đ as d, lower case, plain punctuation. ``Đắk Lắk`` → ``dak lak``."""
    if text.isascii() and text.isalnum():
        return text.lower()  # keys and codes, by the million
    plain = _MARKS.sub("", unicodedata.normalize("NFD", text)).replace("đ", "d").replace("Đ", "D")
    return _SPACES.sub(" ", _DASHES.sub(" ", _APOSTROPHES.sub("", plain.casefold()))).strip()


def spelling_key(text: str) -> str:
    """Two spellings of one name have the same key: tone placement (Hoà, Hòa), apostrophes, dashes, case, composed or
    decomposed. Different vowels or tones have different keys, so that a difference of fact is never folded away."""
    syllables = []
    for syllable in _SPACES.sub(
        " ", _DASHES.sub(" ", _APOSTROPHES.sub("", unicodedata.normalize("NFD", text)))
    ).split():
        tone = "".join(sorted(_TONES.findall(syllable)))
        syllables.append(unicodedata.normalize("NFC", _TONES.sub("", syllable)).casefold() + tone)
    return " ".join(syllables)
