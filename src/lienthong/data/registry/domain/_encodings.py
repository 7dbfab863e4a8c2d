"""Old Vietnamese encodings, recognised and converted.

TCVN3 (TCVN 5712:1993, the "ABC" fonts) and VNI put Vietnamese letters on the codes of Western ones, so a file or a cell in
them reads as Latin letters that make no Vietnamese syllables. Which encoding it is, is the one under which they do.
"""

import codecs
import re
import unicodedata
from enum import StrEnum
from itertools import islice


class Encoding(StrEnum):
    """How a text is encoded."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1258 = "cp1258"
    TCVN3 = "tcvn3"
    VNI = "vni"
    WESTERN = "cp1252"

    @property
    def codec(self) -> str:
        """The Python codec that turns the bytes into characters; for TCVN3 and VNI those are still to be converted."""
        return "latin-1" if self is Encoding.TCVN3 else "cp1252" if self is Encoding.VNI else self.value


_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_VNI_MARKS = {
    # after a vowel: its tone
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    # the circumflex, alone and with each tone
    "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    # the breve, alone and with each tone
    "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {
    "ñ": "đ", "ô": "ơ", "ö": "ư", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ",
}  # fmt: skip
_VNI_BASES = set("aeouyôöAEOUYÔÖ")


def to_unicode(text: str, encoding: Encoding) -> str:
    """A text whose bytes were read by ``encoding.codec``, in composed Unicode."""
    if encoding is Encoding.TCVN3:
        return "".join(_TCVN3.get(letter, letter) for letter in text)
    if encoding is Encoding.VNI:
        return _from_vni(text)
    return unicodedata.normalize("NFC", text)


def _from_vni(text: str) -> str:
    result: list[str] = []
    before = ""
    for letter in text:
        mark = _VNI_MARKS.get(letter.lower())
        if mark and before in _VNI_BASES:
            result.append(mark)
            before = ""
            continue
        plain = _VNI_LETTERS.get(letter.lower())
        result.append((plain.upper() if letter.isupper() else plain) if plain else letter)
        before = letter
    return unicodedata.normalize("NFC", "".join(result))


_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u00a1-\u00bf\u00ad×÷]*[^\W\d_]*)*")
_SYLLABLE = re.compile(
    r"^(?:ngh|ng|nh|th|tr|ch|ph|kh|gh|gi|qu|[bcdđghklmnpqrstvx])?"
    r"(?:uyê|uya|uyu|oai|oay|oeo|oao|uây|uôi|ươi|ươu|iêu|yêu|oa|oă|oe|oo|ôô|ua|uâ|uê|uy|uơ|uô|ưa|ươ|ưi|ưu|ui|ia|iê|yê|iu|"
    r"ai|ao|au|ay|âu|ây|eo|êu|oi|ôi|ơi|[aăâeêioôơuưy])"
    r"(?:ch|nh|ng|[ckmnpt])?$"
)
_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")


def _score(text: str) -> int:
    """Vietnamese syllables less letter groups that are none, counting only words with more than ASCII letters."""
    score = 0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word.lower()).translate(_TONES))
        score += 1 if _SYLLABLE.match(plain) else -1
    return score


def detect(sample: bytes) -> Encoding | None:
    """The encoding of a file from its first bytes: UTF-8 when they are, else the one that makes Vietnamese of them; none when
    no encoding has all of them."""
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding.UTF_16
    if _is_utf8(sample):
        return Encoding.UTF_8
    scores = {}
    for encoding in (Encoding.WINDOWS_1258, Encoding.TCVN3, Encoding.VNI, Encoding.WESTERN):
        try:
            text = sample.decode(encoding.codec)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            scores[encoding] = _score(to_unicode(_telling(text), encoding))
    return max(scores, key=scores.get, default=None)


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x9f]")


def _is_utf8(sample: bytes) -> bool:
    """Whether the bytes are UTF-8, but for a character that the sample's end may have cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def detect_text(sample: str) -> Encoding:
    """The encoding hidden in text that is Unicode already (an Excel sheet typed with a TCVN3 or VNI font)."""
    telling = _telling(sample)
    scores = {
        encoding: _score(to_unicode(telling, encoding)) for encoding in (Encoding.UTF_8, Encoding.TCVN3, Encoding.VNI)
    }
    best = max(scores, key=scores.get)
    return best if scores[best] > max(scores[Encoding.UTF_8], 0) else Encoding.UTF_8


def _telling(text: str) -> str:
    """The first words of a text that are more than ASCII: no others tell its encoding, and these are enough."""
    return " ".join(islice((word for word in text.split() if not word.isascii()), 2000))
