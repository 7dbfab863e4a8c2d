"""Between a year and a space: the space's own names of indicators, what it is told of interventions, what it concluded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from .errors import Wrong
from .feed import read_year

CODES = {
    "received": ("dossiers-received", 1),
    "finished": ("dossiers-ended", 1),
    "on_time": ("dossiers-on-time", 100),
    "handling_ratio": ("handling-ratio", 100),
    "online": ("online-share", 100),
    "paid_online": ("paid-online", 100),
    "digitised": ("digitised", 100),
    "e_result": ("electronic-results", 100),
    "supplemented": ("supplemented", 100),
    "reused": ("papers-reused", 100),
    "satisfaction": ("satisfaction", 1),
    "backlog": ("overdue-dossier-days", 7),
}
"""The indicators of a year by the code that a space knows them by, and by what it multiplies them: it adds the backlog up over
the days of a week, of which a year takes the mean."""
VERDICTS = {"effect": "effect", "none seen": "none", "cannot say": "cannot say"}


def interventions(folder: Path) -> list[dict[str, Any]]:
    """The public interventions of a year as a space takes them.

    :raises Wrong: there is no year.
    """
    read_year(folder)
    return [
        {
            "id": item["id"],
            "title": item["title"],
            "indicator": CODES[item["indicator"]][0],
            "territories": item["units"],
            "start": item["start"],
            "where": {"sector": item["sector"]} if item["sector"] else {},
        }
        for item in orjson.loads((folder / "interventions.json").read_bytes())
        if item["indicator"] in CODES
    ]


def conclusions(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What a space concluded, as ``score`` reads it: of the provinces, in the year's own measures.

    :raises Wrong: it is not what a space writes.
    """
    own = {code: (name, scale) for name, (code, scale) in CODES.items()}
    targets = {item["id"]: item["indicator"] for item in orjson.loads((folder / "interventions.json").read_bytes())}
    try:
        forecasts = [
            {
                "indicator": own[row["indicator"]][0], "territory": row["territory"], "origin": row["origin"],
                "target": row["week"],
                **{new: row[old] / own[row["indicator"]][1]
                   for new, old in (("mean", "point"), ("lower", "low"), ("upper", "high"))},
            }
            for row in document["forecasts"]
            if row["territory"] and row["indicator"] in own
        ]  # fmt: skip
        effects = [
            {
                "id": row["id"], "verdict": VERDICTS[row["verdict"]],
                **{new: row[old] / CODES[targets[row["id"]]][1]
                   for new, old in (("mean", "effect"), ("lower", "low"), ("upper", "high"))},
            }
            for row in document["effects"]
            if row["id"] in targets
        ]  # fmt: skip
        return {"forecasts": forecasts, "effects": effects, "falsified": document["falsified"]}
    except (KeyError, TypeError) as error:
        raise Wrong(
            f"Tệp kết luận của không gian thiếu hoặc sai {error}.",
            f"The space's conclusions lack {error}, or it is not right.",
        ) from None
