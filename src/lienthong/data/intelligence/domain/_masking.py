"""What leaves the house for a model: no numbers that name a person."""

import re

MASK = "[đã che]"
"""In their place: no word that a question can have, so that it is not passed over either."""
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONG = re.compile(r"(?<![\d/])\+?\d(?:[ .-]?\d){7,}(?![\d/])")
"""Eight digits and more in a row, however they are set apart and whatever they are written against: personal ids, tax codes,
telephone and account numbers, codes of dossiers."""
_DAYS = re.compile(r"(?:\d?\d([.-])\d?\d\1|(?:19|20)\d\d[ -])(?:19|20)\d\d|(?:19|20)\d\d([.-])[01]?\d\2[0-3]?\d")
"""Days and pairs of years, which name nobody."""
_MONEY = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_DONG = re.compile(r"\s*(?:đồng|đ\b|VN[DĐ])", re.IGNORECASE)


def masked(text: str) -> str:
    """The text without addresses of electronic mail, personal ids, telephone and account numbers."""
    return _LONG.sub(lambda found: found[0] if _names_nobody(found) else MASK, _MAIL.sub(MASK, text))


def _names_nobody(found: re.Match[str]) -> bool:
    """Whether it is a day, or an amount of money that says so."""
    amount = _MONEY.fullmatch(found[0]) and _DONG.match(found.string, found.end())
    return bool(amount or _DAYS.fullmatch(found[0]))
