"""What a user of the command line can get wrong: one sentence, Vietnamese first."""


class Wrong(Exception):
    """The command cannot do what it was asked; ``vi`` and ``en`` say why and what to do."""

    def __init__(self, vi: str, en: str) -> None:
        self.vi, self.en = vi, en
        super().__init__(f"{vi} / {en}")
