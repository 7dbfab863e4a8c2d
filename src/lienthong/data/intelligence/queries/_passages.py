"""Passages: found by the words of a question among those that a reader may read, and read again where they were quoted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from lienthong.data.intelligence import domain, models
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.directory import queries as directory

MOST_RANKED = 80


@dataclass(frozen=True)
class Readable:
    """What a reader may read of the passages, as a condition in SQL with its parameters."""

    sql: str
    values: dict[str, Any]
    whole: frozenset[str]
    """The authorities held everywhere."""
    places: Mapping[str, str]
    """Of the others, a territory in which each is held."""

    def address(self, action: str, href: str, local: str) -> str:
        """The page of a passage that this reader may open."""
        return local.format(self.places[action]) if local and action in self.places else href


def readable(rights: Rights) -> Readable:
    """Who has an authority somewhere reads what needs it anywhere; what is of agencies needs it over one of them, as their own
    pages do. In one query, and one more for each authority that ends at an agency."""
    whole, somewhere, agencies, places = set(), [], {}, {}
    for action in _actions():
        scopes = rights.scopes(action)
        if not scopes:
            continue
        somewhere.append(action)
        plain = [scope for scope in scopes if not scope.territory and not scope.sector]
        if any(not scope.agency for scope in plain):
            whole.add(action)
        else:
            if plain:
                agencies[action] = directory.agencies_below([scope.agency for scope in plain], rights.today)
            territory = next((scope.territory for scope in scopes if scope.territory), "")
            if territory:
                places[action] = territory
    sql = "(p.action = '' OR (p.agencies = '[]' AND p.action = ANY(%(somewhere)s)) OR p.action = ANY(%(whole)s)"
    values = {"somewhere": somewhere, "whole": sorted(whole)}
    for number, (action, codes) in enumerate(sorted(agencies.items())):
        sql += (
            f" OR (p.action = %(action{number})s AND EXISTS (SELECT FROM jsonb_array_elements_text(p.agencies) AS one"
            f" WHERE one = ANY(%(codes{number})s::text[])))"
        )
        values |= {f"action{number}": action, f"codes{number}": codes}
    return Readable(f"{sql})", values, frozenset(whole), places)


def _actions() -> list[str]:
    """The authorities that passages need, by a walk along their index that reads as many entries as there are of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE found (action) AS (
                (SELECT action FROM data_intelligence_passagerow WHERE action > '' ORDER BY action LIMIT 1)
                UNION ALL
                SELECT (SELECT p.action FROM data_intelligence_passagerow p WHERE p.action > found.action ORDER BY 1 LIMIT 1)
                FROM found WHERE found.action IS NOT NULL
            )
            SELECT action FROM found WHERE action IS NOT NULL
            """
        )
        return [action for (action,) in cursor.fetchall()]


_FIELDS = ("kind", "key", "number", "title", "text", "also", "href", "local", "on", "action")
_COLUMNS = ", ".join(f'p."{name}"' for name in _FIELDS)


def find_passages(*, asked: domain.Wanted, rights: Rights, least: float, limit: int) -> list[domain.Quote]:
    """The passages that hold at least a share of what is asked, the best first, of those alone that the reader may read."""
    forms = asked.forms
    if not forms:
        return []
    allowed = readable(rights)
    holding, of = _holding(forms, allowed)
    weight = domain.weights(forms, holding, of)
    rare = [form for form in domain.decisive(weight, least) if holding.get(form)]
    if not rare:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {_COLUMNS} FROM data_intelligence_passagerow p
            WHERE p.vector @@ to_tsquery('simple', %(rare)s) AND {allowed.sql}
            ORDER BY (
                SELECT sum(told.weight) FROM unnest(%(forms)s::text[], %(weights)s::float[]) AS told (form, weight)
                WHERE p.vector @@ plainto_tsquery('simple', told.form)
            ) DESC, p.id LIMIT %(limit)s
            """,
            allowed.values
            | {
                "rare": " | ".join(rare), "forms": forms, "weights": [weight[form] for form in forms],
                "limit": MOST_RANKED,
            },
        )  # fmt: skip
        found = [_passage(row, allowed) for row in cursor.fetchall()]
    return [item.quote for item in domain.rank(asked, found, weight, least)][:limit]


def _holding(forms: Sequence[str], allowed: Readable) -> tuple[dict[str, int], int]:
    """How many of the passages that may be read hold each word, and how many hold any; in one pass over those that do."""
    words = {f"word{number}": form for number, form in enumerate(forms)}
    counts = ", ".join(f"count(*) FILTER (WHERE p.vector @@ plainto_tsquery('simple', %({name})s))" for name in words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), {counts} FROM data_intelligence_passagerow p
            WHERE p.vector @@ to_tsquery('simple', %(any)s) AND {allowed.sql}
            """,
            allowed.values | words | {"any": " | ".join(forms)},
        )
        of, *held = cursor.fetchone()
    return dict(zip(forms, held, strict=True)), of


def _passage(row: Sequence[Any], allowed: Readable) -> domain.Passage:
    values = dict(zip(_FIELDS, row, strict=True))
    href = allowed.address(values["action"], values["href"], values.pop("local"))
    return domain.Passage(**values | {"kind": domain.PassageKind(values["kind"]), "href": href})


def quoted(*, references: Sequence[Mapping[str, Any]], rights: Rights) -> list[domain.Quote]:
    """What was quoted once, of what still stands word for word and may still be read."""
    if not references:
        return []
    allowed = readable(rights)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {_COLUMNS} FROM data_intelligence_passagerow p
            JOIN unnest(%(kinds)s::text[], %(keys)s::text[], %(numbers)s::int[]) AS told (kind, key, number)
              ON p.kind = told.kind AND p.key = told.key AND p.number = told.number
            WHERE {allowed.sql}
            """,
            allowed.values | {f"{name}s": [item[name] for item in references] for name in ("kind", "key", "number")},
        )
        found = {
            (item.kind, item.key, item.number): item for item in (_passage(row, allowed) for row in cursor.fetchall())
        }
    quotes = []
    for item in references:
        passage = found.get((domain.PassageKind(item["kind"]), item["key"], item["number"]))
        if passage and domain.digest(passage.text) == item["sha256"]:
            marks = tuple((begin, end) for begin, end in item["marks"])
            quotes.append(domain.Quote(passage, marks, item["begin"], item["end"]))
    return quotes


def kinds_kept() -> set[str]:
    """The kinds of which there are passages: an owner of long texts fills those that are missing once."""
    return {kind for kind in domain.PassageKind if models.PassageRow.objects.filter(kind=kind).exists()}
