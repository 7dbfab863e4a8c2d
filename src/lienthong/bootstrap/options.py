"""What an operator can set: read once, from the environment or one TOML file. Standard library only.

The table in docs/how-to/options.md is written from this file (``./lienthong doctor --options`` prints it).
"""

import hashlib
import os
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: where ``./lienthong`` stands."""


class BadOption(Exception):
    """An option has a value that cannot be used; the message names it and what would do."""


def option(help_text: str, *, variable: str, default: object = MISSING):
    """A field read from the environment variable, else from the TOML file by its own name."""
    return field(default=default, metadata={"help": help_text, "variable": variable})


@dataclass(frozen=True, kw_only=True)
class Options:
    """Everything configurable about one space."""

    home: Path = option(
        "Folder of all data, keys and logs of the space", variable="LIENTHONG_HOME", default=ROOT / "var"
    )
    host: str = option("Network address to listen on", variable="LIENTHONG_HOST", default="127.0.0.1")
    port: int = option("The one port of the user's address", variable="LIENTHONG_PORT", default=8600)
    public_url: str = option(
        "Address as users type it, behind a proxy of your own", variable="LIENTHONG_PUBLIC_URL", default=""
    )
    database_url: str = option(
        "PostgreSQL to use (postgresql://user:password@host:port/name); empty: a private one under home",
        variable="DATABASE_URL",
        default="",
    )
    storage: str = option(
        "Where files are kept: a folder, or s3://bucket/prefix", variable="LIENTHONG_STORAGE", default=""
    )
    web_processes: int = option("Web processes", variable="LIENTHONG_WEB_PROCESSES", default=2)
    web_threads: int = option("Requests one web process works on at once", variable="LIENTHONG_WEB_THREADS", default=8)
    samples: bool = option(
        "Sample accounts and the sample administration; never where real people work",
        variable="LIENTHONG_SAMPLES",
        default=True,
    )
    sample_year_speed: int = option(
        "With sample accounts: live on a simulated year, so many of its seconds in one second until today; 0: do not",
        variable="LIENTHONG_SAMPLE_YEAR_SPEED",
        default=0,
    )
    upload_megabytes: int = option("Largest file taken in", variable="LIENTHONG_UPLOAD_MEGABYTES", default=2048)
    grace_days: int = option(
        "Working days after which an overdue task is shown one level higher, unless its directive says otherwise",
        variable="LIENTHONG_GRACE_DAYS",
        default=5,
    )
    language_model_url: str = option(
        "Address of a language model that speaks the chat-completions protocol (https://…/v1), to propose what a question"
        " means; empty: none",
        variable="LIENTHONG_LANGUAGE_MODEL_URL",
        default="",
    )
    language_model: str = option(
        "Name of that model, as its server knows it", variable="LIENTHONG_LANGUAGE_MODEL", default=""
    )
    language_model_key: str = option(
        "File with the key that its server asks for; empty: it asks for none",
        variable="LIENTHONG_LANGUAGE_MODEL_KEY",
        default="",
    )
    language_model_seconds: int = option(
        "Seconds after which it is no longer waited for", variable="LIENTHONG_LANGUAGE_MODEL_SECONDS", default=8
    )
    space_name: str = option("Name of the space on every page", variable="LIENTHONG_SPACE_NAME", default="")

    @property
    def run(self) -> Path:
        """Sockets and process files. Unix sockets allow about 100 characters, so a deep home gets a short twin in /tmp."""
        folder = self.home / "run"
        if len(str(folder)) > 70:
            name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
            return Path("/tmp") / f"lienthong-{os.geteuid()}-{name}"
        return folder

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def keys(self) -> Path:
        """Private keys, readable by the owner alone."""
        return self.home / "keys"

    @property
    def embedded(self) -> bool:
        """Whether the space runs a PostgreSQL of its own."""
        return not self.database_url

    @property
    def dsn(self) -> str:
        """The database, as libpq takes it."""
        return self.database_url or f"postgresql://postgres@/lienthong?host={self.run}"

    @property
    def url(self) -> str:
        """The address to open."""
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::1") else self.host
        return self.public_url or f"http://{host}:{self.port}"


@cache
def options() -> Options:
    """The options of this process.

    :raises BadOption: naming the option and the place it came from.
    """
    home = Path(os.environ.get("LIENTHONG_HOME") or ROOT / "var").expanduser().absolute()
    file = Path(os.environ.get("LIENTHONG_CONFIG") or home / "lienthong.toml")
    try:
        stated = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadOption(f"Không đọc được {file}: {error}. Hãy sửa tệp rồi chạy lại. / Cannot read {file}.") from error
    known = {item.name for item in fields(Options)}
    if unknown := set(stated) - known:
        raise BadOption(
            f"{file}: không có tùy chọn {', '.join(sorted(unknown))}. Các tùy chọn: {', '.join(sorted(known))}."
            f" / unknown option {', '.join(sorted(unknown))}."
        )
    values = {}
    for item in fields(Options):
        variable = item.metadata["variable"]
        if os.environ.get(variable):
            values[item.name] = _convert(item.type, os.environ[variable], variable)
        elif item.name in stated:
            values[item.name] = _convert(item.type, stated[item.name], f"{file}: {item.name}")
    return Options(**values | {"home": home})


def _convert(kind: type, value: object, origin: str) -> object:
    if kind is bool and not isinstance(value, bool):
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        if str(value).lower() not in words:
            raise BadOption(f"{origin} = {value!r}: cần true hoặc false. / must be true or false.")
        return words[str(value).lower()]
    if kind is int:
        try:
            number = int(str(value))
        except ValueError:
            number = -1
        if number < 0:
            raise BadOption(f"{origin} = {value!r}: cần một số nguyên không âm. / must be a whole number from 0.")
        return number
    return kind(value)
