"""The twelve indicators, by SQL over what the messages of a year tell at last: by day, as numerator and denominator.

Independent of how the year is made: nothing here knows offices' habits, queues or claims. Two ways lead to the same relations
``dossiers`` and ``ratings``: the files of a year (what ``score`` reads) and columns just simulated (what truth reads); a test
holds them to the same numbers.

* A dossier is *finished* on the day of NgayKetThucXuLy, whether done (9, 10) or stopped (8); a withdrawn one (7) never is.
* *On time*: end less the time of exactly one supplement is not after NgayHenTra; with more than one supplement it is late.
* *Backlog* of a day: at its end, dossiers still open whose NgayHenTra, moved by their supplements, has passed; one that still
  waits for a supplement is not past due.
* *Handling ratio* (Decision 766/QĐ-TTg, 2.2): working days taken, the day of receipt not counted, by working days allowed.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from .calendar import Calendar
from .procedures import PROCEDURES

if TYPE_CHECKING:
    from .world import Columns, World

COUNTS = ("received", "finished")
INDICATORS = (
    "received", "finished", "on_time", "handling_ratio", "online", "paid_online", "digitised", "e_result", "supplemented",
    "reused", "satisfaction", "backlog",
)  # fmt: skip
"""Counts are added over a period; of the others the numerators and the denominators are added, and divided."""

_MESSAGE = """STRUCT(
    MaHoSo VARCHAR, MaTTHC VARCHAR, MaLinhVuc VARCHAR, DonViXuLy VARCHAR, KenhThucHien INTEGER, TrangThaiHoSo INTEGER,
    NgayTiepNhan VARCHAR, NgayHenTra VARCHAR, NgayKetThucXuLy VARCHAR, NgayTra VARCHAR, DuocThanhToanTrucTuyen INTEGER,
    TaiLieuNop STRUCT(DuocSoHoa INTEGER, DuocLayTuKhoDMQG INTEGER)[], DanhSachLePhi STRUCT(Gia BIGINT)[],
    DanhSachHoSoBoSung STRUCT(NgayBoSung VARCHAR, NgayTiepNhanBoSung VARCHAR)[],
    DanhSachGiayToKetQua STRUCT(MaKetQua VARCHAR)[])"""
_STAMP = "%Y%m%d%H%M%S"

# A later message tells more than an earlier one: supplements asked and back, then the end, then the return.
_FROM_FILES = f"""
CREATE TEMP TABLE dossiers AS
WITH told AS (
    SELECT data.MaHoSo AS dossier, data.DonViXuLy AS agency, data.MaLinhVuc AS sector, data.MaTTHC AS procedure,
        data.KenhThucHien AS channel,
        data.TrangThaiHoSo AS state, strptime(data.NgayTiepNhan, '{_STAMP}') AS received,
        strptime(data.NgayHenTra, '{_STAMP}') AS due, strptime(data.NgayKetThucXuLy, '{_STAMP}') AS ended,
        strptime(data.NgayTra, '{_STAMP}') AS returned,
        coalesce(list_sum([f.Gia FOR f IN data.DanhSachLePhi]), 0) > 0 AS fee, data.DuocThanhToanTrucTuyen > 0 AS paid,
        len(data.TaiLieuNop) AS papers, list_sum([p.DuocSoHoa FOR p IN data.TaiLieuNop]) AS digitised,
        list_sum([p.DuocLayTuKhoDMQG FOR p IN data.TaiLieuNop]) AS stored, len(data.DanhSachGiayToKetQua) > 0 AS e_result,
        strptime(data.DanhSachHoSoBoSung[1].NgayBoSung, '{_STAMP}') AS asked1,
        strptime(data.DanhSachHoSoBoSung[1].NgayTiepNhanBoSung, '{_STAMP}') AS back1,
        strptime(data.DanhSachHoSoBoSung[2].NgayBoSung, '{_STAMP}') AS asked2,
        strptime(data.DanhSachHoSoBoSung[2].NgayTiepNhanBoSung, '{_STAMP}') AS back2
    FROM read_json($days, format = 'newline_delimited', columns = {{isUpdating: 'BOOLEAN', data: '{_MESSAGE}'}})
),
last AS (
    SELECT * FROM told
    QUALIFY row_number() OVER (PARTITION BY dossier ORDER BY
        CASE WHEN state IN (7, 10) THEN 6 WHEN state IN (8, 9) THEN 5
        ELSE (asked1 IS NOT NULL)::INT + (back1 IS NOT NULL)::INT + (asked2 IS NOT NULL)::INT + (back2 IS NOT NULL)::INT
        END DESC) = 1
)
SELECT last.*, offices.province, offices.territory, procedures.working_days AS legal_days
FROM last JOIN offices ON offices.code = last.agency JOIN procedures ON procedures.code = last.procedure
"""
_RATINGS_FROM_FILES = """
CREATE TEMP TABLE ratings AS
SELECT agency, province, territory, sector, strptime(left(told."at", 19), '%Y-%m-%dT%H:%M:%S') AS rated, level
FROM read_json($ratings, format = 'newline_delimited', columns = {dossier: 'VARCHAR', level: 'INTEGER', "at": 'VARCHAR'}) AS told
JOIN dossiers USING (dossier)
"""


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory. One thread where sums of fractions must come out the same to the last bit."""
    database = duckdb.connect()
    database.execute("SET enable_progress_bar = false; SET memory_limit = '3GB'")
    if threads:
        database.execute(f"SET threads = {threads}")
    return database


def load_files(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """What the files of a year tell at last."""
    days = [str(file) for file in sorted((folder / "days").glob("*.jsonl.gz"))]
    ratings = [str(file) for file in sorted((folder / "ratings").glob("*.jsonl.gz"))]
    database.execute(
        "CREATE TEMP TABLE offices AS SELECT code, province, territory FROM read_json($file, format = 'newline_delimited', "
        "columns = {code: 'VARCHAR', province: 'VARCHAR', territory: 'VARCHAR'})",
        {"file": str(folder / "offices.jsonl")},
    )
    database.execute(
        "CREATE TEMP TABLE procedures AS SELECT code, working_days FROM read_json($file, format = 'newline_delimited', "
        "columns = {code: 'VARCHAR', working_days: 'INTEGER'})",
        {"file": str(folder / "procedures.jsonl")},
    )
    database.execute(_FROM_FILES, {"days": days})
    database.execute(_RATINGS_FROM_FILES, {"ratings": ratings})


def load_columns(database: duckdb.DuckDBPyConnection, world: "World", come: "Columns") -> None:
    """What simulated dossiers tell by the end of the year."""
    end, offices, office, procedure = world.calendar.end, world.offices, come["office"], come["procedure"]
    start = np.datetime64(world.calendar.first.isoformat(), "s")
    asked = np.array([item.papers for item in PROCEDURES])[procedure]

    def stamp(column: str, fact: str) -> pa.Array:
        known = come[f"sent_{fact}"] < end
        return pa.array(start + np.where(known, come[column], 0).astype("m8[s]"), mask=~known)

    told = come["sent_received"] < end
    ended = come["sent_ended"] < end
    place = {
        "agency": pa.array(np.array(offices.code)[office]),
        "province": pa.array(offices.province[office]),
        "territory": pa.array(np.array(offices.territory)[office]),
        "sector": pa.array(np.array([item.sector for item in PROCEDURES])[procedure]),
    }
    returned, withdrawn = come["sent_returned"] < end, come["sent_withdrawn"] < end
    back = np.where(returned, come["returned"], come["withdrawn"])
    rows = pa.table({
        **place, "channel": come["channel"], "received": stamp("received", "received"), "due": stamp("due", "received"),
        "ended": stamp("claimed", "ended"),
        "returned": pa.array(
            start + np.where(returned | withdrawn, back, 0).astype("m8[s]"), mask=~(returned | withdrawn)
        ),
        "fee": np.array([item.fee for item in PROCEDURES])[procedure] > 0, "paid": come["paid_online"], "papers": asked,
        "digitised": np.bitwise_count(come["digitised"]), "stored": np.bitwise_count(come["stored"]),
        "e_result": come["e_result"] & ended, "asked1": stamp("asked1", "asked1"), "back1": stamp("back1", "back1"),
        "asked2": stamp("asked2", "asked2"), "back2": stamp("back2", "back2"),
        "legal_days": np.array([item.legal_days for item in PROCEDURES])[procedure],
    }).filter(pa.array(told))  # fmt: skip
    rated = come["rated"] < end
    levels = pa.table({
        **place, "rated": start + np.where(rated, come["rated"], 0).astype("m8[s]"), "level": come["rating"],
    }).filter(pa.array(rated & told))  # fmt: skip
    database.register("dossiers", rows)
    database.register("ratings", levels)


def facts(
    database: duckdb.DuckDBPyConnection,
    calendar: Calendar,
    *,
    by: str = "province",
    where: str = "true",
    only: str = "",
) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """``{indicator: {territory: (numerators, denominators)}}``, one number for each day of the year.

    ``by`` is a column to group by or a constant in quotes; ``where`` keeps some of the dossiers; ``only`` names one indicator.
    Counts have denominators of 1.
    """
    database.register("calendar", _working_days(calendar))
    statement = _DAILY.format(by=by, where=where, first=calendar.first, last=calendar.last)
    rows = database.execute(statement + (f" AND indicator = '{only}'" if only else "")).fetchnumpy()
    result: dict[str, dict[str, tuple[np.ndarray, np.ndarray]]] = {name: {} for name in INDICATORS}
    day = (rows["day"].astype("M8[D]") - np.datetime64(calendar.first)).astype(int)
    kind, place = np.asarray(rows["indicator"], str), np.asarray(rows["place"], str)
    order = np.lexsort((day, place, kind))
    border = np.flatnonzero(
        np.concatenate(([True], (kind[order][1:] != kind[order][:-1]) | (place[order][1:] != place[order][:-1])))
    )
    for part in np.split(order, border[1:]):
        if not part.size:
            continue
        numerators, denominators = np.zeros(calendar.days), np.zeros(calendar.days)
        numerators[day[part]] = np.ma.filled(rows["numerator"][part], 0)
        denominators[day[part]] = np.ma.filled(rows["denominator"][part], 0)
        result[str(kind[part[0]])][str(place[part[0]])] = numerators, denominators
    return result


def _working_days(calendar: Calendar) -> pa.Table:
    return pa.table({
        "day": pa.array(calendar.dates, pa.date32()),
        "works": pa.array(calendar.working.astype(np.int64)),
        "before": pa.array(calendar.worked_before[:-1].astype(np.int64)),
    })  # fmt: skip


_DAILY = """
WITH d AS MATERIALIZED (
    SELECT *, {by} AS place, coalesce(ended, returned) AS closed,
        coalesce(back1 - asked1, INTERVAL 0 SECOND) AS first_pause, coalesce(back2 - asked2, INTERVAL 0 SECOND) AS second_pause
    FROM dossiers WHERE {where}
),
finished AS (
    SELECT place, ended::DATE AS day, e_result, asked1 IS NOT NULL AS supplemented,
        asked2 IS NULL AND ended - first_pause <= due AS on_time,
        e.before + e.works - r.before - r.works AS days_taken, legal_days
    FROM d LEFT JOIN calendar r ON r.day = d.received::DATE LEFT JOIN calendar e ON e.day = d.ended::DATE
    WHERE ended IS NOT NULL
),
overdue AS (
    SELECT place, (due + first_pause + second_pause)::DATE AS opened, closed::DATE AS closed
    FROM d
    WHERE (asked1 IS NULL OR back1 IS NOT NULL) AND (asked2 IS NULL OR back2 IS NOT NULL)
),
steps AS (
    SELECT place, opened AS day, 1 AS step FROM overdue WHERE closed IS NULL OR closed > opened
    UNION ALL
    SELECT place, closed, -1 FROM overdue WHERE closed > opened
),
every_day AS (
    SELECT place, day FROM (SELECT DISTINCT place FROM d) CROSS JOIN calendar WHERE day <= DATE '{last}'
),
daily AS (
    SELECT 'received' AS indicator, place, received::DATE AS day, count(*) AS numerator, 1 AS denominator FROM d GROUP BY ALL
    UNION ALL SELECT 'finished', place, day, count(*), 1 FROM finished GROUP BY ALL
    UNION ALL SELECT 'on_time', place, day, count(*) FILTER (on_time), count(*) FROM finished GROUP BY ALL
    UNION ALL SELECT 'handling_ratio', place, day, sum(days_taken), sum(legal_days) FROM finished GROUP BY ALL
    UNION ALL SELECT 'online', place, received::DATE, count(*) FILTER (channel = 2), count(*) FROM d GROUP BY ALL
    UNION ALL SELECT 'paid_online', place, received::DATE, count(*) FILTER (paid), count(*) FROM d WHERE fee GROUP BY ALL
    UNION ALL SELECT 'digitised', place, received::DATE, count(*) FILTER (digitised = papers), count(*) FROM d GROUP BY ALL
    UNION ALL SELECT 'e_result', place, day, count(*) FILTER (e_result), count(*) FROM finished GROUP BY ALL
    UNION ALL SELECT 'supplemented', place, day, count(*) FILTER (supplemented), count(*) FROM finished GROUP BY ALL
    UNION ALL SELECT 'reused', place, received::DATE, sum(stored), sum(papers) FROM d GROUP BY ALL
    UNION ALL SELECT 'satisfaction', {by} AS place, rated::DATE, sum(level), count(*) FROM ratings WHERE {where} GROUP BY ALL
    UNION ALL SELECT 'backlog', place, day, sum(coalesce(change, 0)) OVER (PARTITION BY place ORDER BY day), 1
        FROM every_day LEFT JOIN (SELECT place, day, sum(step) AS change FROM steps GROUP BY ALL) USING (place, day)
)
SELECT indicator, place, day, numerator::DOUBLE AS numerator, denominator::DOUBLE AS denominator FROM daily
WHERE day BETWEEN DATE '{first}' AND DATE '{last}'
"""


def over(indicator: str, numerators: np.ndarray, denominators: np.ndarray) -> float:
    """The value of a period from its days; nan where there is nothing to divide by."""
    if indicator in COUNTS:
        return float(numerators.sum())
    total = float(denominators.sum())
    return float(numerators.sum()) / total if total else float("nan")


def mondays(calendar: Calendar) -> list[int]:
    """The numbers of the Mondays whose whole week lies in the year."""
    return [n for n in range(calendar.days - 6) if calendar.weekday[n] == 0]


def weekly(indicator: str, daily: tuple[np.ndarray, np.ndarray], starts: Iterable[int]) -> np.ndarray:
    """Values of the weeks that begin on some days."""
    numerators, denominators = daily
    return np.array([over(indicator, numerators[day : day + 7], denominators[day : day + 7]) for day in starts])
