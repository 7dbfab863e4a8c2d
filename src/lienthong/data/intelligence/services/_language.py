"""A language model beside the rules: it may propose what a question means, which the rules read and a person chooses; and it may
choose among found passages, which are quoted as they stand."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from lienthong.data.intelligence import adapters, domain
from lienthong.data.intelligence.services._models import infer

LANGUAGE, QUOTER = "language-model", "language-model-quotes"


def proposed_question(
    *, text: str, lexicon: domain.Lexicon, today: date, by: str, at: datetime
) -> tuple[domain.Question | None, str]:
    """What the plugged-in model takes a question for, if that can be computed; else why it said nothing. Its reply is never an
    answer: it is a sentence that may be asked.

    :param text: without numbers that name a person.
    """
    model = adapters.language_model()
    if not model.version:
        return None, ""

    def run() -> tuple[domain.Question | None, str]:
        try:
            document = model.fill(
                task=domain.TASK, given=domain.given(text, lexicon, today), schema=domain.form(lexicon, today)
            )
            return domain.accepted(document, lexicon, today), ""
        except adapters.Silent as silent:
            return None, str(silent)
        except domain.Unusable as refusal:
            return None, refusal.text("en")

    try:
        _, told = infer(
            model=LANGUAGE, version=model.version, purpose="propose question",
            inputs={"question": text, "today": str(today)}, run=run,
            output=lambda told: {"question": told[0].document() if told[0] else None, "silent": told[1]},
            confidence=lambda told: 0.5 if told[0] else 0.0, by=by, at=at,
        )  # fmt: skip
    except domain.NoModel as refusal:
        return None, refusal.text("en")
    return told


def chosen_quotes(
    *, text: str, found: Sequence[domain.Quote], by: str, at: datetime
) -> tuple[list[domain.Quote], str, UUID | None]:
    """Which of the found passages answer, and which words of each, as the plugged-in model chooses; nothing, and why, where it
    gave nothing that stands in them; and the record of its use.

    :param text: without numbers that name a person.
    :param found: passages that the asker may read.
    """
    model = adapters.language_model()
    found = found[: domain.OFFERED]
    if not model.version or not found:
        return [], "", None

    def run() -> tuple[list[domain.Quote], str]:
        try:
            document = model.fill(
                task=domain.QUOTING, given=domain.offered_passages(text, found), schema=domain.quoting_form(found)
            )
            return domain.chosen(document, found), ""
        except adapters.Silent as silent:
            return [], str(silent)
        except domain.Unusable as refusal:
            return [], refusal.text("en")

    offered = [domain.reference(quote) for quote in found]
    try:
        inferred, (quotes, why) = infer(
            model=QUOTER, version=model.version, purpose="quote passages",
            inputs={"question": text, "passages": [{key: item[key] for key in _STANDS} for item in offered]}, run=run,
            output=lambda told: {"quotes": [domain.reference(quote) for quote in told[0]], "silent": told[1]},
            confidence=lambda told: 0.5 if told[0] else 0.0, by=by, at=at,
        )  # fmt: skip
    except domain.NoModel as refusal:
        return [], refusal.text("en"), None
    return quotes, why, inferred.id


_STANDS = ("kind", "key", "number", "sha256")
