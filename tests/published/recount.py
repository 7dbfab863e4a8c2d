"""Counts of the disagreements between two lists, worked out from the files alone.

Nothing of the program is used here: own reading, own folding of spellings, own classes. Run by itself it prints the counts:

    python recount.py TRUSTED.json COPY.json

where each file is ``{"rows": {key: {field: value}}, "former": {key: {field: [values true before]}}}``.
"""

import json
import sys
import unicodedata
from pathlib import Path

TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def same_when_spelled(text: str) -> tuple:
    """What is left of a text when the place of the tone, apostrophes, dashes, case and spaces are taken away."""
    letters = []
    for character in unicodedata.normalize("NFD", text.lower()):
        if character in "'’‘ʼ`´′":
            continue
        letters.append(" " if character in "-‐‑‒–—−" or character.isspace() else character)
    syllables = []
    for syllable in "".join(letters).split():
        tone = [character for character in syllable if character in TONES]
        syllables.append((unicodedata.normalize("NFC", "".join(c for c in syllable if c not in TONES)), *sorted(tone)))
    return tuple(syllables)


def recount(trusted: dict, copy: dict, former: dict, fields: list[str]) -> dict[str, int]:
    """Rows of each class; a row that differs in several fields counts under the gravest."""
    counts = dict.fromkeys(("missing", "extra", "swapped", "spelling", "outdated", "changed"), 0)
    owners: dict[str, dict[tuple, set]] = {}
    for field in fields:
        found: dict[tuple, set] = {}
        for key, row in trusted.items():
            if row.get(field):
                found.setdefault(same_when_spelled(row[field]), set()).add(key)
        filled = sum(len(keys) for keys in found.values())
        # Only what tells most records apart can belong to another record.
        owners[field] = found if filled and len(found) >= filled / 2 else {}
    for key in trusted.keys() | copy.keys():
        if key not in copy:
            counts["missing"] += 1
        elif key not in trusted:
            counts["extra"] += 1
        else:
            kinds = set()
            for field in fields:
                right, given = trusted[key].get(field) or "", copy[key].get(field) or ""
                if right == given:
                    continue
                if same_when_spelled(right) == same_when_spelled(given):
                    kinds.add("spelling")
                elif same_when_spelled(given) in {same_when_spelled(old) for old in former.get(key, {}).get(field, [])}:
                    kinds.add("outdated")
                elif owners[field].get(same_when_spelled(given), set()) - {key}:
                    kinds.add("swapped")
                else:
                    kinds.add("changed")
            for kind in ("swapped", "changed", "outdated", "spelling"):
                if kind in kinds:
                    counts[kind] += 1
                    break
    return counts


if __name__ == "__main__":
    right, other = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3])
    names = sorted({field for row in right["rows"].values() for field in row})
    print(json.dumps(recount(right["rows"], other["rows"], right.get("former", {}), names)))
