"""The Merkle tree against the published vectors of the certificate-transparency project, and properties of its proofs."""

import json
from dataclasses import replace
from datetime import UTC
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lienthong.foundation.audit import domain

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree(leaves: list[bytes]) -> dict:
    return domain.grow({}, 0, [domain.leaf_hash(leaf) for leaf in leaves])


def hashes(nodes: dict, path: list) -> list[bytes]:
    return [domain.fold_cover([nodes[place] for place in cover]) for cover in path]


def test_published_roots():
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES]
    for size, expected in enumerate(ROOTS):
        assert domain.root(tree(leaves[:size]), size).hex() == expected


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_every_leaf_can_be_proven_and_no_other(leaves, data):
    nodes, size = tree(leaves), len(leaves)
    root = domain.root(nodes, size)
    index = data.draw(st.integers(0, size - 1))
    proof = hashes(nodes, domain.inclusion_path(index, size))
    leaf = domain.leaf_hash(leaves[index])
    assert domain.verify_inclusion(leaf, index, size, proof, root)
    assert not domain.verify_inclusion(domain.leaf_hash(leaves[index] + b"!"), index, size, proof, root)
    if proof:
        assert not domain.verify_inclusion(leaf, index, size, proof[:-1], root)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=70), st.data())
def test_an_extended_tree_is_consistent_and_a_rewritten_one_is_not(leaves, data):
    first = data.draw(st.integers(1, len(leaves) - 1))
    nodes = tree(leaves)
    proof = hashes(nodes, domain.consistency_path(first, len(leaves)))
    old, new = domain.root(nodes, first), domain.root(nodes, len(leaves))
    assert domain.verify_consistency(first, len(leaves), old, new, proof)
    forged = domain.root(tree([b"forged", *leaves[1:]]), first)
    assert not domain.verify_consistency(first, len(leaves), forged, new, proof)


@given(st.lists(st.binary(max_size=8), max_size=40), st.lists(st.binary(max_size=8), max_size=40))
def test_growing_in_two_steps_is_growing_in_one(early, late):
    whole = tree(early + late)
    nodes = tree(early)
    edge = {place: nodes[place] for place in domain.peaks(len(early))}
    grown = domain.grow(edge, len(early), [domain.leaf_hash(leaf) for leaf in late])
    size = len(early) + len(late)
    assert domain.root(edge | grown, size) == domain.root(whole, size)


@given(
    st.lists(st.text(), min_size=5, max_size=5), st.lists(st.text(), max_size=3), st.datetimes(timezones=st.just(UTC))
)
def test_a_record_without_details_is_written_like_one_with_them(texts, about, at):
    """Byte for byte, whichever way it is written: JSON with sorted keys, no spaces, nothing escaped that need not be."""
    by, action, subject, reason, more = texts
    plain = domain.Record(UUID(int=7), by, action, subject, at, reason, tuple(about))
    detailed = replace(plain, details={"more": more})
    assert json.loads(plain.canonical()) == json.loads(detailed.canonical()) | {"details": {}}
    written = json.dumps({"more": more}, separators=(",", ":"), ensure_ascii=False).encode()
    assert plain.canonical() == detailed.canonical().replace(b'"details":' + written, b'"details":{}', 1)
