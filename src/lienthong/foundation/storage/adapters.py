"""Where contents lie: a folder of this machine, or S3-compatible storage."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from lienthong.foundation.storage import domain

CHUNK = 2**20


class ContentStore(Protocol):
    """Contents by the lower-case hex SHA-256 of their bytes."""

    def draft(self) -> BinaryIO:
        """A file to write a content into before its hash is known; closing it removes it."""

    def keep(self, draft: BinaryIO, sha256: str) -> None:
        """Put a written draft in its place, whole or not at all; harmless when it is there."""

    def read(self, sha256: str) -> Iterator[bytes]:
        """The content in chunks.

        :raises FileNotFoundError: it is not there.
        """

    def remove(self, sha256: str) -> None:
        """Remove a content; harmless when it is not there."""

    def all(self) -> Iterator[tuple[str, float]]:
        """Every content with the Unix time it was put there."""


class Folder:
    """``ab/cd/abcd…``: two levels of folders, a file a content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def draft(self) -> BinaryIO:
        drafts = self.root / "drafts"
        drafts.mkdir(parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=drafts)

    def keep(self, draft: BinaryIO, sha256: str) -> None:
        place = self._place(sha256)
        draft.flush()
        os.fsync(draft.fileno())
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(draft.name, place)
        except FileExistsError:
            return
        place.chmod(0o440)
        descriptor = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self, sha256: str) -> Iterator[bytes]:
        with self._place(sha256).open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    def remove(self, sha256: str) -> None:
        self._place(sha256).unlink(missing_ok=True)

    def all(self) -> Iterator[tuple[str, float]]:
        for place in self.root.glob("??/??/*"):
            yield place.name, place.stat().st_mtime


class S3:
    """S3-compatible storage through obstore; credentials come from the usual AWS variables."""

    def __init__(self, url: str, store=None) -> None:
        try:
            import obstore
        except ImportError:
            command = "pip install --require-hashes --no-deps -r requirements-dev.lock"
            raise domain.DriverMissing(command=command) from None
        self.obstore = obstore
        self.store = store if store is not None else obstore.store.from_url(url)

    def draft(self) -> BinaryIO:
        return tempfile.NamedTemporaryFile()

    def keep(self, draft: BinaryIO, sha256: str) -> None:
        draft.flush()
        # Put under its hash in one request: the same content again changes nothing.
        self.obstore.put(self.store, sha256, Path(draft.name))

    def read(self, sha256: str) -> Iterator[bytes]:
        for chunk in self.obstore.get(self.store, sha256).stream(min_chunk_size=CHUNK):
            yield bytes(chunk)

    def remove(self, sha256: str) -> None:
        try:
            self.obstore.delete(self.store, sha256)
        except FileNotFoundError:
            pass

    def all(self) -> Iterator[tuple[str, float]]:
        for batch in self.obstore.list(self.store):
            for item in batch:
                yield item["path"], item["last_modified"].timestamp()
