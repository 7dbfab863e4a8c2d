"""Reading registers and their records."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import F, Prefetch, Q, QuerySet

from lienthong.data.registry import adapters, domain, models
from lienthong.foundation.access.queries import Rights
from lienthong.kernel import reading
from lienthong.kernel.errors import NotFound
from lienthong.kernel.text import fold

_VERSION = (
    "source__register__key", "source__key", "key", "version", "payload", "territory", "valid_from", "valid_to",
    "known_from", "known_to", "by", "import_id", "closed",
)  # fmt: skip

_IMPORT = (
    "id", "source__register__key", "source__key", "file_id", "name", "state", "total", "read", "new", "changed",
    "unchanged", "refused", "problem_vi", "problem_en", "encoding", "by", "started_at", "finished_at",
)  # fmt: skip
_IMPORT_NAMES = tuple(name.removesuffix("__key").removeprefix("source__") for name in _IMPORT)


_PLACE = re.compile(r"^(\d{1,18})/(\d{1,5})/(\d{1,18})/(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Preview:
    """How a file would be read."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    encoding: domain.Encoding
    total: int | None


@dataclass(frozen=True)
class Sender:
    """A system that sends facts of one source."""

    token: UUID
    register: str
    source: str

    @property
    def by(self) -> str:
        return f"intake:{self.token}"


@dataclass(frozen=True)
class SourceSummary:
    """One source of a register and how much it holds."""

    key: str
    name: str
    agency_code: str
    trusted: bool
    records: int
    changed_at: datetime | None


@dataclass(frozen=True)
class RegisterSummary:
    """One register as lists show it."""

    declaration: domain.Declaration
    sources: tuple[SourceSummary, ...]

    @property
    def records(self) -> int:
        return next((source.records for source in self.sources if source.trusted), 0)

    @property
    def changed_at(self) -> datetime | None:
        return max((source.changed_at for source in self.sources if source.changed_at), default=None)


def declaration(*, register: str) -> domain.Declaration:
    """How a register is declared.

    :raises domain.UnknownRegister: there is none of that key.
    """
    document = models.Register.objects.filter(key=register).values_list("declaration", flat=True).first()
    if document is None:
        raise domain.UnknownRegister(name=register)
    return domain.Declaration.parse(document)


@reading.once
def about_persons() -> set[str]:
    """Keys of the registers whose records are about persons, or tell how many cases of persons there are."""
    declared = models.Register.objects.values_list(
        "key", "declaration__person", "declaration__people", "declaration__subject"
    )
    return {
        key
        for key, person, people, subject in declared
        if person or people or domain.Subject(subject or "none").is_personal
    }


def require_readable(rights: Rights, declaration: domain.Declaration, territory: str) -> None:
    """Open registers are for everyone signed in; the others for who may read them there.

    :raises kernel.errors.Forbidden: the reader may not.
    """
    if declaration.sharing is not domain.Sharing.OPEN:
        rights.require("data.registry.read", territory=territory, sector=declaration.key)


def registers() -> list[RegisterSummary]:
    """Every register with its sources and their sizes, in two queries that read no record."""
    return _summaries(models.Register.objects.order_by("key"))


def register(*, key: str) -> RegisterSummary:
    """One of them.

    :raises domain.UnknownRegister: there is none of that key.
    """
    found = _summaries(models.Register.objects.filter(key=key))
    if not found:
        raise domain.UnknownRegister(name=key)
    return found[0]


def _summaries(rows: QuerySet) -> list[RegisterSummary]:
    return [
        RegisterSummary(
            domain.Declaration.parse(row.declaration),
            tuple(
                SourceSummary(item.key, item.name, item.agency_code, item.trusted, item.records, item.changed_at)
                for item in row.sources.all()
            ),
        )
        for row in rows.prefetch_related(Prefetch("sources", models.Source.objects.order_by("-trusted", "key")))
    ]


def current(
    *, register: str, source: str, keys: Sequence[str] | None = None, prefix: str = ""
) -> Iterator[domain.Version]:
    """The current records of a source, by key; all of them without ``keys`` or ``prefix``. Read in a stream."""
    rows = models.Record.objects.filter(source__register__key=register, source__key=source, known_to=None, closed=False)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    if prefix:
        rows = rows.filter(key__startswith=prefix)
    for row in rows.order_by("key").values_list(*_VERSION).iterator(5000):
        yield domain.Version(*row)


def history(*, register: str, key: str) -> list[domain.Version]:
    """Every version of a record in every source, newest first."""
    rows = models.Record.objects.filter(source__register__key=register, key=key).order_by("-known_from", "-version")
    return [domain.Version(*row) for row in rows.values_list(*_VERSION)]


def formerly_valid(*, register: str, source: str) -> Iterator[domain.Version]:
    """Superseded versions that were true until a known day."""
    rows = models.Record.objects.filter(
        source__register__key=register, source__key=source, known_to__isnull=False, valid_to__isnull=False
    )
    for row in rows.order_by("key", "version").values_list(*_VERSION).iterator(5000):
        yield domain.Version(*row)


def as_of(*, register: str, source: str, key: str, valid_on: date | None, known_at: datetime) -> domain.Version | None:
    """The version that the space knew at a moment, for a fact true on a day; none when the record had ended by then.

    Without a day, the newest that was known.
    """
    rows = models.Record.objects.filter(
        source__register__key=register, source__key=source, key=key, known_from__lte=known_at
    )
    if valid_on is not None:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=valid_on))
    # What is true from the latest day counts; of several versions from one day, the last one known.
    row = rows.order_by(F("valid_from").desc(nulls_last=True), "-version").values_list(*_VERSION).first()
    return domain.Version(*row) if row and not row[-1] else None


def search(
    *,
    register: str,
    source: str,
    text: str = "",
    territories: Sequence[str] | None = None,
    after: str = "",
    limit: int = 50,
) -> list[domain.Version]:
    """Current records whose key or title holds every word, tone marks or not, by key after ``after``.

    :param territories: the territories looked in; everywhere when none are given.
    """
    rows = models.Record.objects.filter(
        source__register__key=register, source__key=source, known_to=None, closed=False, key__gt=after
    )
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    if territories is not None:
        rows = rows.filter(territory__in=territories)
    return [domain.Version(*row) for row in rows.order_by("key").values_list(*_VERSION)[:limit]]


def tally(
    *, register: str, by: Sequence[str], sums: Sequence[str], where: Mapping[str, Any] | None = None
) -> list[tuple[tuple[str, ...], int, tuple[float, ...]]]:
    """Sums over the trusted source's current records, grouped: (group values, records, sums). Booleans count as 0 and 1.

    :param by: fields to group by; :param sums: fields to add up; :param where: field values that a record must have.
    """
    columns = ", ".join(f"coalesce(payload->>{'%s'}, '')" for _ in by)
    amounts = ", ".join(
        "coalesce(sum(CASE payload->>%s WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE (payload->>%s)::numeric END), 0)"
        for _ in sums
    )
    statement = f"""
    SELECT count(*), {", ".join(filter(None, [columns, amounts]))} FROM ({CURRENT_ROWS.replace("%(register)s", "%s")}) AS rows
    WHERE payload @> %s::jsonb {f"GROUP BY {', '.join(str(place) for place in range(2, 2 + len(by)))}" if by else ""}
    """
    parameters = [*by, *(name for name in sums for _ in range(2)), register, orjson.dumps(dict(where or {})).decode()]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [
            (tuple(row[1 : 1 + len(by)]), row[0], tuple(map(float, row[1 + len(by) :]))) for row in cursor.fetchall()
        ]


@dataclass(frozen=True)
class Told:
    """How many facts from outside were told of a territory (empty: of none), by the way they came."""

    territory: str
    sent: int
    """By systems, as they arose."""
    in_files: int
    by_hand: int
    """One at a time, under a person's account."""


def told(*, since: datetime, until: datetime, but: Sequence[str] = ()) -> list[Told]:
    """The facts told in a time, by territory and way, in one statement; what the program writes itself is none of them.

    :param but: registers that are not counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT territory, count(*) FILTER (WHERE starts_with(by, 'intake:')),
                   count(*) FILTER (WHERE NOT starts_with(by, 'intake:') AND import_id IS NOT NULL),
                   count(*) FILTER (WHERE NOT starts_with(by, 'intake:') AND import_id IS NULL)
            FROM data_registry_record
            WHERE known_from >= %s AND known_from < %s AND source_id <> ALL(
                SELECT s.id FROM data_registry_source s JOIN data_registry_register g ON g.id = s.register_id
                WHERE g.key = ANY(%s)
            ) AND (starts_with(by, 'intake:') OR starts_with(by, 'account:'))
            GROUP BY 1 ORDER BY 1
            """,
            [since, until, list(but)],
        )
        return [Told(*row) for row in cursor.fetchall()]


def written_in(*, register: str, xid: int) -> list[tuple[str, str, int]]:
    """(source, key, version) of what one transaction wrote."""
    rows = models.Record.objects.filter(xid=xid, source__register__key=register)
    return list(rows.values_list("source__key", "key", "version"))


def changes(*, register: str, after: str = "", limit: int = 1000) -> list[tuple[str, domain.Version]]:
    """The change feed: versions in the order of their transactions, each with the mark of its place; none is skipped and none
    comes twice, however they commit.

    Reads below the oldest transaction still running.

    :param after: the mark of the last version received; none: from the first.
    :raises domain.BadPlace: it is no such mark.
    """
    if not (place := _PLACE.match(after or "0/0/0/")):
        raise domain.BadPlace(given=after[:100])
    xid, source, version, key = place.groups()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT concat_ws('/', r.xid, r.source_id, r.version, r.key), g.key, s.key, r.key, r.version, r.payload::text,
                   r.territory, r.valid_from, r.valid_to, r.known_from, r.known_to, r.by, r.import_id, r.closed
            FROM data_registry_record r
            JOIN data_registry_source s ON s.id = r.source_id JOIN data_registry_register g ON g.id = s.register_id
            WHERE g.key = %s AND r.xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
              AND (r.xid, r.source_id, r.version, r.key) > (%s, %s, %s, %s)
            ORDER BY r.xid, r.source_id, r.version, r.key LIMIT %s
            """,
            [register, int(xid), int(source), int(version), key, limit],
        )
        return [(row[0], domain.Version(*row[1:5], orjson.loads(row[5]), *row[6:])) for row in cursor.fetchall()]


def written_since(*, register: str, seen: str) -> tuple[list[int], str]:
    """The transactions that wrote to the trusted source and that ``seen`` did not show yet; and what is seen now, to ask with the
    next time. So each is told once, in whatever order they commit.

    :param seen: a snapshot of PostgreSQL, told by this or by ``pg_current_snapshot()`` of a statement that read the rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT array(
                SELECT DISTINCT r.xid FROM data_registry_record r
                WHERE r.xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint AND {_TRUSTED}
                  AND NOT pg_visible_in_snapshot(r.xid::text::xid8, %(seen)s::pg_snapshot)
            ), pg_current_snapshot()::text
            """,
            {"register": register, "seen": seen},
        )
        return cursor.fetchone()


FIRST_TOLD = """
WITH mine AS MATERIALIZED (
    SELECT r.key, r.version, r.xid, r.known_to, r.payload FROM data_registry_record r
    JOIN data_registry_source s ON s.id = r.source_id AND s.trusted
    JOIN data_registry_register g ON g.id = s.register_id AND g.key = %(register)s
    WHERE NOT r.closed AND NOT r.late
), heard AS (
    SELECT xid, max(max({latest})) OVER (ORDER BY xid) AS mark FROM mine GROUP BY xid
), first AS (
    SELECT DISTINCT ON (key) key, xid FROM mine WHERE payload ? %(field)s ORDER BY key, version
)
SELECT {columns}, heard.mark FROM mine
JOIN first ON first.key = mine.key JOIN heard ON heard.xid = first.xid
WHERE mine.known_to IS NULL AND mine.payload ? %(field)s
"""


def first_told(
    *, register: str, field: str, stamps: Sequence[str], columns: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """The trusted source's current records that have a field: some of their columns as text, and last the moment at which the
    field had been told for the first time.

    That moment is read from the facts, not from the clock: the highest of all ``stamps`` told by then. So facts that are
    brought in at once, years later, are still known to have been told one after the other.
    """
    known = declaration(register=register).schema.get("properties", {})
    if unknown := {field, *stamps, *columns} - known.keys():
        raise NotFound(what=", ".join(sorted(unknown)))
    values = {"register": register, "field": field} | {f"c{number}": name for number, name in enumerate(columns)}
    values |= {f"s{number}": name for number, name in enumerate(stamps)}
    statement = FIRST_TOLD.format(
        latest=f"greatest({', '.join(f'(payload->>%(s{number})s)::timestamptz' for number in range(len(stamps)))})",
        columns=", ".join(f"mine.payload->>%(c{number})s" for number in range(len(columns))),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(50_000):
            yield from rows


# Rows are told apart where they are scanned, not by a join: whoever reads fields from documents in the same statement must
# never be given those of another register, in which a field of that name may be of another kind.
_TRUSTED = """r.source_id = ANY(ARRAY(
    SELECT s.id FROM data_registry_source s JOIN data_registry_register g ON g.id = s.register_id
    WHERE s.trusted AND g.key = %(register)s
))"""
CHANGED_ROWS = f"""
SELECT side.sign, side.payload, side.territory FROM data_registry_record r
LEFT JOIN LATERAL (
    SELECT p.payload, p.territory, p.closed FROM data_registry_record p
    WHERE p.source_id = r.source_id AND p.key = r.key AND p.version < r.version AND NOT p.late ORDER BY p.version DESC LIMIT 1
) p ON true
CROSS JOIN LATERAL (
    VALUES (1, r.payload, r.territory, NOT r.closed), (-1, p.payload, p.territory, NOT p.closed)
) AS side (sign, payload, territory, counts)
WHERE r.xid = ANY(%(xids)s) AND {_TRUSTED} AND NOT r.late AND side.counts
"""
"""SQL for set-based readers: what some transactions added to (sign 1) and took from (sign -1) the trusted source's rows.
Columns sign, payload, territory; parameters register, xids."""

CURRENT_ROWS = f"""
SELECT 1 AS sign, r.payload, r.territory FROM data_registry_record r
WHERE {_TRUSTED} AND r.known_to IS NULL AND NOT r.closed
"""
"""The same columns for the trusted source's current rows; parameter register."""


TOLD_AT = """
SELECT r.known_from FROM data_registry_record r
WHERE r.xid = {xid} AND (starts_with(r.by, 'intake:') OR starts_with(r.by, 'account:')) LIMIT 1
"""
"""SQL for set-based readers: when what systems or people told in a transaction was known; none for what the program wrote itself.
``xid`` is an expression of the reader's."""


def import_job(*, id: UUID) -> domain.Import:
    """One import.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.ImportRow.objects.filter(id=id).values_list(*_IMPORT).first()
    if row is None:
        raise NotFound(what=f"lần nạp {id}")
    return _import(row)


def imports(*, register: str, limit: int = 20) -> list[domain.Import]:
    """The last imports of a register, newest first."""
    rows = models.ImportRow.objects.filter(source__register__key=register).order_by("-started_at", "-id")
    return [_import(row) for row in rows.values_list(*_IMPORT)[:limit]]


def refusals(*, import_id: UUID) -> Iterator[domain.Refused]:
    """The refused cells of an import in the order of its file, in a stream."""
    rows = models.RefusedRow.objects.filter(job=import_id).order_by("id")
    for row in rows.values_list("row", "column", "value", "reason").iterator(5000):
        yield domain.Refused(*row)


def intake_tokens() -> list[domain.IntakeToken]:
    """Every token of the intake, the newest first."""
    rows = models.IntakeToken.objects.order_by("-created_at", "-id")
    names = ("id", "source__register__key", "source__key", "name", "created_at", "expires_at", "revoked_at", "by")
    return [domain.IntakeToken(*row) for row in rows.values_list(*names)]


def sender(*, token: str, at: datetime) -> Sender | None:
    """Who stands behind a token of the intake: a system that may tell one source's facts; none when it is not valid."""
    names = ("id", "source__register__key", "source__key")
    rows = models.IntakeToken.objects.filter(hash=domain.token_hash(token), revoked_at=None, expires_at__gt=at)
    row = rows.values_list(*names).first()
    return Sender(*row) if row else None


def preview(*, file_id: UUID, register: str = "") -> Preview:
    """How a stored file would be read: its columns and first rows; into a register, in that one's fields where its form is
    another.

    :raises domain.BadFile: it is no table.
    """
    with adapters.local_copy(file_id) as (path, name):
        table = adapters.open_table(path, name)
        if register:
            table = adapters.translated(table, declaration(register=register))
        first = next(table.batches(), None)
        rows = list(zip(*first.columns, strict=True))[:10] if first and len(first) else []
        return Preview(tuple(table.headers), tuple(rows), table.encoding, table.total)


def _import(row: tuple) -> domain.Import:
    values = dict(zip(_IMPORT_NAMES, row, strict=True))
    return domain.Import(**values | {"state": domain.ImportState(values["state"])})
