"""Papers that are written from the code, so that they cannot say anything else: ``./lienthong papers`` writes them anew, and
a test compares them."""

import json
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import django

DOCS = Path(__file__).resolve().parents[3] / "docs"


def openapi() -> str:
    """The description of the JSON API (OpenAPI 3.1)."""
    import lienthong.bootstrap.urls  # noqa: F401  (the API is reversed by its addresses)
    from lienthong.bootstrap.api import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def problems() -> str:
    """Every refusal with its code, its status and its sentence in both languages."""
    from lienthong.bootstrap import api, errors  # noqa: F401  (define refusals of their own)
    from lienthong.bootstrap.settings import modules
    from lienthong.kernel.errors import Refusal

    for module in modules():
        if find_spec(f"{module}.domain"):
            import_module(f"{module}.domain")
    found, waiting = {Refusal}, [Refusal]
    while waiting:
        below = [item for item in waiting.pop().__subclasses__() if item.__module__.startswith("lienthong.")]
        waiting += below
        found |= set(below)
    lines = [
        "# Problems",
        "",
        "Every refusal of the API leaves as `application/problem+json` (RFC 9457) with one of these codes in `code`; on screens",
        "the same sentence stands on the page. What stands in braces is filled in. Nothing was changed when one is answered.",
        "",
        "| code | status | tiếng Việt | English |",
        "|---|---|---|---|",
        *(
            f"| `{item.code}` | {item.status} | {item.vi} | {item.en} |"
            for item in sorted(found, key=lambda item: item.code)
        ),
    ]
    return "\n".join(lines) + "\n"


def options() -> str:
    """Every option with its variable, its default and what it means."""
    from lienthong.bootstrap.options import ROOT, Options

    lines = [
        "# Options",
        "",
        "Read once at the start, from the environment or from one TOML file (`LIENTHONG_CONFIG`, else `lienthong.toml` in the",
        "home folder); the environment wins. `./lienthong doctor --options` prints this table.",
        "",
        "| variable | in the TOML file | default | meaning |",
        "|---|---|---|---|",
        *(
            f"| `{item.metadata['variable']}` | `{item.name}` | `{str(item.default).replace(str(ROOT), '.')}` |"
            f" {item.metadata['help']} |"
            for item in fields(Options)
        ),
    ]
    return "\n".join(lines) + "\n"


PAPERS: dict[str, Callable[[], str]] = {
    "openapi.json": openapi,
    "problems.md": problems,
    "how-to/options.md": options,
}


def write(_arguments: list[str]) -> int:
    """Write them to their files."""
    django.setup()
    for name, paper in PAPERS.items():
        (DOCS / name).write_text(paper(), "utf-8")
        print(f"docs/{name}")
    return 0
