"""A language model beside the rules: it may propose what a question means; the rules read the proposal, and a "
"person chooses it."""

from datetime import date, datetime

from lienthong.data.intelligence import adapters, domain
from lienthong.data.intelligence.services._models import infer

LANGUAGE = "language-model"


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
