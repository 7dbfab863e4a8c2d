"""Reading and checking the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import connection

from lienthong.foundation.audit import domain, models


@dataclass(frozen=True)
class Entry:
    """A record with its place: 0 while it waits to be sealed."""

    seq: int
    record: domain.Record


def about(*, person: str, before: int = 0, limit: int = 50) -> list[Entry]:
    """Who did or looked at what about a person, newest first, older than ``before``."""
    rows = models.About.objects.filter(person=person)
    if before:
        rows = rows.filter(record__lt=before)
    wanted = list(rows.order_by("-record").values_list("record", flat=True)[:limit])
    found = {row.seq: row for row in models.RecordRow.objects.filter(seq__in=wanted)}
    return [Entry(seq, to_record(found[seq])) for seq in wanted if seq in found]


def details_of(*, subject: str, action: str, detail: str) -> set[str]:
    """What records of one action on one thing say in a detail, all of them."""
    rows = models.RecordRow.objects.filter(subject=subject, action=action)
    return {value for value in rows.values_list(f"details__{detail}", flat=True) if value is not None}


def of(*, subject: str, limit: int = 50) -> list[Entry]:
    """What was done to or seen of one thing, newest first."""
    rows = models.RecordRow.objects.filter(subject=subject).order_by("-seq")[:limit]
    return [Entry(row.seq, to_record(row)) for row in rows]


@dataclass(frozen=True)
class Acts:
    """How often someone did something on a day in Viet Nam, and when last."""

    by: str
    action: str
    count: int
    last_at: datetime


def acts(*, actions: Sequence[str], since: datetime, until: datetime) -> list[Acts]:
    """What people did of some actions in a time, counted by person, action and day, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT by, action, count(*), max(at) FROM foundation_audit_record
            WHERE action = ANY(%s) AND at >= %s AND at < %s AND starts_with(by, 'account:')
            GROUP BY by, action, (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date ORDER BY max(at), by, action
            """,
            [list(actions), since, until],
        )
        return [Acts(*row) for row in cursor.fetchall()]


def done_by(
    *, by: Sequence[str], actions: Sequence[str], since: datetime, until: datetime, limit: int = 50
) -> list[Entry]:
    """What some people did of some actions in a time, newest first."""
    rows = models.RecordRow.objects.filter(by__in=list(by), action__in=list(actions), at__gte=since, at__lt=until)
    return [Entry(row.seq, to_record(row)) for row in rows.order_by("-seq")[:limit]]


def sealed(*, newest: int, until: datetime) -> tuple[int, int]:
    """(sound, all) of the newest records that were made before a moment: sound is one whose leaf is what the record gives, where
    the leaves from the oldest of them on give the root that was signed last. Where they do not, none is."""
    rows = list(models.RecordRow.objects.filter(at__lt=until).order_by("-seq")[:newest])
    places = dict(models.Leaf.objects.filter(record__in=[row.seq for row in rows]).values_list("record", "index"))
    last = checkpoint()
    if last is None or not places:
        return 0, len(rows)
    start = min(places.values())
    leaves = models.Leaf.objects.filter(index__gte=start, index__lt=last.size).order_by("index")
    hashes = {index: bytes(value) for index, value in leaves.values_list("index", "hash")}
    edge = nodes(domain.peaks(start))
    grown = edge | domain.grow(edge, start, list(hashes.values()))
    findings: list[domain.Finding] = []
    if len(hashes) == last.size - start:
        _check(last, domain.root(grown, last.size), findings)
    else:
        findings.append(domain.Finding("gap", f"checkpoint {last.size}", "leaves that were sealed are gone"))
    if findings:
        return 0, len(rows)
    sound = sum(hashes.get(places.get(row.seq)) == domain.leaf_hash(to_record(row).canonical()) for row in rows)
    return sound, len(rows)


def search(*, text: str = "", before: int = 0, limit: int = 50) -> list[Entry]:
    """Records whose action or subject begins so, newest first."""
    rows = models.RecordRow.objects.order_by("-seq")
    if before:
        rows = rows.filter(seq__lt=before)
    if text:
        rows = rows.filter(action__startswith=text) | rows.filter(subject__startswith=text) | rows.filter(by=text)
    return [Entry(row.seq, to_record(row)) for row in rows[:limit]]


def checkpoint() -> models.Checkpoint | None:
    """The newest checkpoint."""
    return models.Checkpoint.objects.order_by("-size").first()


def oldest_unsealed() -> datetime | None:
    """When the oldest record that is not in the tree yet was made; none when all are."""
    last = models.Leaf.objects.order_by("-index").values_list("record", flat=True).first()
    rows = models.RecordRow.objects.raw(
        """
        SELECT * FROM foundation_audit_record
        WHERE (xid, seq) > (SELECT coalesce(max(xid), 0), %s FROM foundation_audit_record WHERE seq = %s)
        ORDER BY xid, seq LIMIT 1
        """,
        [last or 0, last or 0],
    )
    return next((row.at for row in rows), None)


def inclusion_proof(*, seq: int, size: int) -> tuple[int, list[bytes]]:
    """The leaf's index and its proof in the tree of ``size`` (RFC 9162 §2.1.3)."""
    leaf = models.Leaf.objects.get(record=seq)
    path = domain.inclusion_path(leaf.index, size)
    known = nodes([place for cover in path for place in cover])
    return leaf.index, [domain.fold_cover([known[place] for place in cover]) for cover in path]


def consistency_proof(*, first: int, second: int) -> list[bytes]:
    """Proof that the tree of ``second`` leaves extends that of ``first`` (RFC 9162 §2.1.4)."""
    path = domain.consistency_path(first, second)
    known = nodes([place for cover in path for place in cover])
    return [domain.fold_cover([known[place] for place in cover]) for cover in path]


@dataclass(frozen=True)
class Proof:
    """That the log has a record: enough for anybody to check it with the public key alone (RFC 9162 §2.1.3)."""

    record: bytes
    """The canonical bytes; the leaf's hash is SHA-256 of a zero byte and these."""
    index: int | None
    """Its place in the tree; none until the next checkpoint."""
    path: tuple[bytes, ...]
    size: int
    root: bytes
    at: datetime | None
    """When the checkpoint was signed."""
    public_key: bytes
    signature: bytes
    """Ed25519, over :func:`domain.checkpoint_text`."""


def proof(*, subject: str, action: str, detail: tuple[str, str]) -> Proof | None:
    """That the log has such a record with such a detail, by the newest checkpoint; none where it has not."""
    key, value = detail
    row = models.RecordRow.objects.filter(subject=subject, action=action, **{f"details__{key}": value}).first()
    if row is None:
        return None
    last, record = checkpoint(), to_record(row).canonical()
    leaf = models.Leaf.objects.filter(record=row.seq).first()
    if last is None or leaf is None or leaf.index >= last.size:
        return Proof(record, None, (), 0, b"", None, b"", b"")
    index, path = inclusion_proof(seq=row.seq, size=last.size)
    return Proof(
        record, index, tuple(path), last.size, bytes(last.root), last.at, bytes(last.public_key), bytes(last.signature)
    )


def nodes(places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Stored hashes of complete subtrees, in one query a level."""
    found: dict[tuple[int, int], bytes] = {}
    for level in {level for level, _ in places}:
        indexes = [index for height, index in places if height == level]
        stored = models.Node.objects.filter(level=level) if level else models.Leaf.objects
        for index, value in stored.filter(index__in=indexes).values_list("index", "hash"):
            found[level, index] = bytes(value)
    return found


def to_record(row: models.RecordRow) -> domain.Record:
    """The record as it is hashed."""
    return domain.Record(row.id, row.by, row.action, row.subject, row.at, row.reason, tuple(row.about), row.details)


def verify(*, progress: Callable[[int], None] = lambda _: None) -> domain.Report:
    """Recompute everything from the records and name what does not agree."""
    findings: list[domain.Finding] = []

    checkpoints = {row.size: row for row in models.Checkpoint.objects.all()}
    tree: dict[tuple[int, int], bytes] = {}
    size, batch = 0, []

    def take(leaves: list[models.Leaf]) -> None:
        nonlocal size
        records = models.RecordRow.objects.in_bulk([leaf.record for leaf in leaves])
        for leaf in leaves:
            place = f"leaf {leaf.index}"
            if leaf.index != size:
                findings.append(domain.Finding("gap", place, f"leaf {size} is missing"))
            row = records.get(leaf.record)
            if row is None:
                findings.append(domain.Finding("removed", f"record {leaf.record}", "the record of a leaf is gone"))
                value = bytes(leaf.hash)
            else:
                value = domain.leaf_hash(to_record(row).canonical())
                if value != bytes(leaf.hash):
                    findings.append(domain.Finding("changed", f"record {row.id}", "the record is not what was sealed"))
            tree.update(domain.grow(tree, leaf.index, [value]))
            size = leaf.index + 1
            if size in checkpoints:
                _check(checkpoints[size], domain.root(tree, size), findings)
            wanted = set(domain.peaks(size))
            for old in [node for node in tree if node not in wanted]:
                del tree[old]
            progress(size)

    for leaf in models.Leaf.objects.order_by("index").iterator(2000):
        batch.append(leaf)
        if len(batch) == 2000:
            take(batch)
            batch = []
    take(batch)
    for missing in sorted(number for number in checkpoints if number > size):
        findings.append(domain.Finding("removed", f"checkpoint {missing}", "leaves that were sealed are gone"))
    last = models.Leaf.objects.order_by("-index").values_list("record", flat=True).first()
    findings += _inserted(last)
    return domain.Report(models.RecordRow.objects.count(), size, len(checkpoints), tuple(findings))


def _check(checkpoint: models.Checkpoint, root: bytes, findings: list[domain.Finding]) -> None:
    place = f"checkpoint {checkpoint.size}"
    if bytes(checkpoint.root) != root:
        findings.append(domain.Finding("root", place, "the records do not give the root that was signed"))
    try:
        key = load_der_public_key(bytes(checkpoint.public_key))
        key.verify(bytes(checkpoint.signature), domain.checkpoint_text(checkpoint.size, bytes(checkpoint.root)))
    except (InvalidSignature, ValueError):
        findings.append(domain.Finding("signature", place, "the signature is not valid"))


def _inserted(last: int | None) -> list[domain.Finding]:
    """Records that stand before the last sealed one in the order of the log, but were never sealed."""
    if last is None:
        return []
    rows = models.RecordRow.objects.raw(
        """
        SELECT record.* FROM foundation_audit_record record
        JOIN foundation_audit_record last ON last.seq = %s AND (record.xid, record.seq) < (last.xid, last.seq)
        LEFT JOIN foundation_audit_leaf leaf ON leaf.record = record.seq WHERE leaf.index IS NULL
        """,
        [last],
    )
    return [domain.Finding("inserted", f"record {row.id}", "the record was never sealed") for row in rows]
