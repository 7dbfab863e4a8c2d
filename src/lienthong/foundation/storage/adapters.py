"""Where contents lie: a folder of this machine, or S3-compatible storage."""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO, Protocol

from lienthong.foundation.storage import conf, domain

CHUNK = 2**20
ABANDONED_SECONDS = 86400
"""A draft this old belongs to a process that was killed."""


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
        """Every content with the Unix time it was last put there."""

    def sweep(self) -> None:
        """Remove drafts that a killed process left behind."""


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
        self._make_folder(place.parent)
        # Under another name first, then renamed: a name stands for a whole content at any moment. What is there already is
        # replaced, so that a damaged copy is healed and whoever clears what nobody claims sees a fresh one.
        twin = Path(f"{draft.name}.whole")
        try:
            try:
                os.link(draft.name, twin)
            except OSError as error:
                if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS):
                    raise
                # A file system without hard links.
                shutil.copyfile(draft.name, twin)
                with twin.open("rb") as copy:
                    os.fsync(copy.fileno())
            twin.chmod(0o440)
            twin.replace(place)
        finally:
            twin.unlink(missing_ok=True)
        self._settle(place.parent)

    def _make_folder(self, folder: Path) -> None:
        """Make a folder with those above it, each noted on disk in the one above."""
        if folder.is_dir():
            return
        if folder != self.root:
            self._make_folder(folder.parent)
        folder.mkdir(parents=folder == self.root, exist_ok=True)
        self._settle(folder.parent)

    @staticmethod
    def _settle(folder: Path) -> None:
        """Wait until the entries of a folder are on disk."""
        descriptor = os.open(folder, os.O_RDONLY)
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

    def sweep(self) -> None:
        for left in (self.root / "drafts").glob("*"):
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                    left.unlink()


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

    def sweep(self) -> None:
        """Nothing to do: drafts are in this machine's folder for such files."""


@cache
def store() -> ContentStore:
    """The store of this space."""
    return S3(conf.PLACE) if conf.PLACE.startswith("s3://") else Folder(Path(conf.PLACE))
