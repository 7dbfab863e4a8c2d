"""Checking what a result was reported on."""

from uuid import UUID

from lienthong.commons.direction import domain
from lienthong.commons.direction.queries._tasks import life
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.storage import domain as storage_domain
from lienthong.foundation.storage import queries as storage
from lienthong.kernel.errors import NotFound


def seals(*, task_id: UUID) -> list[domain.Seal]:
    """The seals of a task, oldest first, each computed anew and its files read through."""
    lines = life(task_id=task_id)
    logged = audit.details_of(subject=f"task:{task_id}", action="commons.direction.report", detail="seal")
    found, checked = [], {}
    for index, entry in enumerate(lines):
        if not entry.seal:
            continue
        under = lines[: index + 1]
        files = [item for line in under for item in line.evidence if item["kind"] == "file"]
        for item in files:
            if item["id"] not in checked:
                checked[item["id"]] = _intact(item)
        found.append(
            domain.Seal(
                entry.at, entry.seal, domain.seal(task_id, under) == entry.seal, entry.seal in logged,
                tuple(domain.SealedFile(item["id"], item["label"], item["sha256"], checked[item["id"]]) for item in files),
            )
        )  # fmt: skip
    return found


def evidence_file(*, task_id: UUID, file_id: UUID) -> storage_domain.StoredFile:
    """A file that is evidence of a task.

    :raises kernel.errors.NotFound: it is not.
    """
    named = {item["id"] for line in life(task_id=task_id) for item in line.evidence if item["kind"] == "file"}
    if str(file_id) not in named:
        raise NotFound(what=f"tệp {file_id}")
    return storage.file(file_id)


def _intact(item: dict) -> bool:
    try:
        if storage.file(UUID(item["id"])).sha256 != item["sha256"]:
            return False
        for _ in storage.open_file(UUID(item["id"])):
            pass
    except (NotFound, storage_domain.Damaged):
        return False
    return True
