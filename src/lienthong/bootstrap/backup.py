"""A whole space in one file, and a space from one file, with the proof that it is the same.

The file is a plain tar: the database as pg_dump writes it, every stored file by its hash, and last a manifest with the size and
SHA-256 of each of them and, per table, how many rows it has and a hash over all of them that does not hang on their order. All of
it is read from one snapshot while the space goes on working.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

import lienthong
from lienthong.bootstrap import postgres
from lienthong.bootstrap.options import Options
from lienthong.bootstrap.settings import DATABASES
from lienthong.bootstrap.space import Space, Trouble

FORMAT = 1
MEMBER = re.compile(r"^(manifest\.json|database\.dump|files/[0-9a-f]{64}|keys/[A-Za-z0-9._-]{1,100})$")
CHUNK = 2**20
BY_COUNTING = 1_000_000
"""Numbers of transactions that are passed by using them up; more are passed by setting the server's counter."""
SEGMENT = 2**20
HALF_OF_THEM = 2**31
COUNT_UP = "DO $$ BEGIN FOR i IN 1..{times} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
Tell = Callable[[str], None]

ROWS = """
SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)::text FROM {table} t
"""
"""How many rows, and the sum of a hash of each as text: equal for equal rows in any order."""
AS_TEXT = "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1; SET bytea_output = 'hex'"


def write(options: Options, target: Path, *, with_keys: bool, tell: Tell) -> dict[str, Any]:
    """Write the space into a file, whole or not at all; its manifest.

    :raises Trouble: the tools are older than the server, or the dump failed.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with connected() as connection, tempfile.TemporaryDirectory(dir=target.parent) as folder:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone()
            tell("Đếm và băm từng bảng / counting and hashing the tables")
            tables = proof(connection)
            tell("Xuất cơ sở dữ liệu / dumping the database")
            dump = Path(folder, "database.dump")
            run_tool("pg_dump", "-Fc", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", "-f", str(dump))
            tell("Chép các tệp / copying the files")
            with (
                part.open("xb") as stream,
                tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
            ):
                members = [add(archive, "database.dump", dump)]
                hashes = connection.execute("SELECT DISTINCT sha256 FROM foundation_storage_file ORDER BY 1").fetchall()
                missing = []
                for (sha256,) in hashes:
                    place = Path(folder, sha256)
                    try:
                        fetch(sha256, place)
                    except FileNotFoundError:
                        missing.append(sha256)
                        continue
                    members.append(add(archive, f"files/{sha256}", place))
                    place.unlink()
                for key in sorted(options.keys.glob("*")) if with_keys else ():
                    members.append(add(archive, f"keys/{key.name}", key))
                manifest = {
                    "format": FORMAT,
                    "version": lienthong.__version__,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "next_transaction": next_transaction(connection),
                    "postgresql": connection.info.server_version // 10000,
                    "tables": tables,
                    "members": members,
                    "missing_files": missing,
                }
                place = Path(folder, "manifest.json")
                place.write_text(json.dumps(manifest, indent=1), "utf-8")
                add(archive, "manifest.json", place)
                archive.close()
                stream.flush()
                os.fsync(stream.fileno())
        part.replace(target)
    except FileExistsError:
        raise Trouble(
            f"{part} đang có: một lần sao lưu khác đang chạy hoặc đã bị ngắt. Hãy xóa tệp ấy nếu không có lần nào đang chạy."
            f"\n{part} is there: another backup runs or was cut off. Delete it if none runs."
        ) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return manifest


def read(archive: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into a folder, checking every byte; its manifest.

    :raises Trouble: it is no backup, or cut off, or changed, or of a newer program.
    """
    found: dict[str, tuple[int, str]] = {}
    try:
        with tarfile.open(archive, mode="r:") as tar:
            for member in tar:
                # Nothing but plain files under names of our own: no path can lead out of the folder.
                if not member.isreg() or not MEMBER.match(member.name) or member.name in found:
                    raise Trouble(f"Tệp sao lưu có phần không hợp lệ: {member.name!r}. / not a part of a backup.")
                place = folder / member.name
                place.parent.mkdir(parents=True, exist_ok=True)
                with tar.extractfile(member) as source, place.open("xb") as copy:
                    found[member.name] = copy_hashed(source, copy)
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        told = {item["name"]: (item["size"], item["sha256"]) for item in manifest["members"]}
        int(manifest["next_transaction"])  # all that a restore needs is there
        newer = manifest["format"] > FORMAT or numbers(manifest["version"]) > numbers(lienthong.__version__)
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            raise
        raise Trouble(
            f"{archive} không phải bản sao lưu nguyên vẹn (bị cắt hoặc hỏng). Hãy dùng bản sao khác."
            f"\n{archive} is no whole backup (cut off or damaged). Use another copy."
        ) from error
    found.pop("manifest.json")
    if differing := sorted(name for name in told.keys() | found.keys() if told.get(name) != found.get(name)):
        raise Trouble(
            f"Bản sao lưu đã bị thay đổi: {', '.join(differing[:5])}. Hãy dùng bản sao khác."
            "\nThe backup was changed since it was made. Use another copy."
        )
    if newer:
        raise Trouble(
            f"Bản sao lưu thuộc phiên bản {manifest['version']}, mới hơn chương trình này. Hãy nâng cấp rồi khôi phục."
            "\nThe backup is of a newer version. Upgrade the program first."
        )
    return manifest


def restore(manifest: dict[str, Any], folder: Path, space: Space, *, tell: Tell) -> list[str]:
    """Put an unpacked backup into the empty, running database and the empty storage; the tables that differ from it.

    :raises Trouble: pg_restore failed.
    """
    from lienthong.foundation.storage import services as storage

    tell("Nạp cơ sở dữ liệu / restoring the database")
    run_tool("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(folder / "database.dump"))
    pass_transactions(manifest["next_transaction"], space)
    tell("Đặt lại các tệp / putting the files in place")
    for place in sorted((folder / "files").glob("*")):
        storage.put_back(content=place, sha256=place.name)
    for key in sorted((folder / "keys").glob("*")):
        target = space.options.keys / key.name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(key, target)
        target.chmod(0o600)
    tell("Đối chiếu từng bảng / comparing every table")
    with connected() as connection:
        now = proof(connection)
    return sorted(
        name for name in now.keys() | manifest["tables"].keys() if now.get(name) != manifest["tables"].get(name)
    )


def numbers(version: str) -> list[int]:
    """A version as numbers that compare."""
    return [int(part) for part in re.findall(r"\d+", version)[:3]]


def next_transaction(connection: psycopg.Connection) -> int:
    """The number that the server gives the next transaction, at the latest."""
    return connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()[0]


def pass_transactions(wanted: int, space: Space) -> None:
    """Bring the server's numbers of transactions beyond those in the backup. Facts carry the number of theirs, and nobody
    reads one above the oldest running transaction: on a young server they would be hidden.

    :raises Trouble: they are too far off for a server that is not ours to reset.
    """
    with connected() as connection:
        missing = wanted - next_transaction(connection)
        if missing <= 0:
            return
        if missing <= BY_COUNTING:
            connection.execute("SET synchronous_commit = off")
            connection.execute(COUNT_UP.format(times=missing))
            return
    if not space.options.embedded or wanted >= HALF_OF_THEM:
        raise Trouble(
            f"PostgreSQL cần đi tới giao dịch số {wanted}; dừng nó, chạy pg_resetwal -x {wanted} rồi khôi phục lại."
            f"\nThe server must reach transaction {wanted}: stop it, run pg_resetwal -x {wanted}, then restore again."
        )
    # At the beginning of a segment the server makes the missing pages of its log of transactions by itself.
    start = -(-wanted // SEGMENT) * SEGMENT
    space.stop_one("postgres")
    postgres.reset_transactions(space.data, start)
    space.start("postgres")


def is_empty() -> bool:
    """Whether the database has no table."""
    with connected() as connection:
        return not tables_of(connection)


def proof(connection: psycopg.Connection) -> dict[str, list]:
    """Per table, its rows and their hash."""
    connection.execute(AS_TEXT)
    return {name: list(connection.execute(ROWS.format(table=f'"{name}"')).fetchone()) for name in tables_of(connection)}


def tables_of(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [name for (name,) in rows.fetchall()]


@contextmanager
def connected() -> Iterator[psycopg.Connection]:
    """The space's database, without a limit on how long a statement takes."""
    database = DATABASES["default"]
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    values = {ours: database[theirs] for theirs, ours in names.items() if database[theirs]}
    with psycopg.connect(**values, autocommit=True) as connection:
        yield connection


def run_tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs against the space's database.

    :raises Trouble: it failed; its last line says why.
    """
    database = DATABASES["default"]
    where = ["-d", database["NAME"]]
    for flag, key in (("-h", "HOST"), ("-p", "PORT"), ("-U", "USER")):
        where += [flag, database[key]] if database[key] else []
    environment = os.environ | ({"PGPASSWORD": database["PASSWORD"]} if database["PASSWORD"] else {})
    done = subprocess.run(
        [postgres.BIN / name, *where, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [""]
        if "server version mismatch" in done.stderr:
            raise Trouble(
                "PostgreSQL của DATABASE_URL mới hơn công cụ đi kèm; hãy dùng pg_dump của chính nó."
                "\nThe server is newer than the tools that come along; use its own pg_dump."
            )
        raise Trouble(f"{name}: {said[0][:300]}")


def fetch(sha256: str, place: Path) -> None:
    """Copy a stored content to a file.

    :raises FileNotFoundError: the storage does not have it.
    """
    from lienthong.foundation.storage import queries as storage

    with place.open("wb") as copy:
        for chunk in storage.read_content(sha256):
            copy.write(chunk)


def add(archive: tarfile.TarFile, name: str, place: Path) -> dict[str, Any]:
    """Put a file into the archive; what the manifest says of it."""
    with place.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        member = tarfile.TarInfo(name)
        member.size = place.stat().st_size
        archive.addfile(member, stream)
    return {"name": name, "size": member.size, "sha256": sha256}


def copy_hashed(source: BinaryIO, copy: BinaryIO) -> tuple[int, str]:
    """Copy a stream; its size and hash."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        copy.write(chunk)
    return size, digest.hexdigest()
