"""A small year on disk, and the world of a whole year of which tests live single provinces."""

from datetime import date
from pathlib import Path

import pytest

from simulation import world, year

FIRST = date(2025, 10, 1)
SEED = 20251001


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a year of 20,000 dossiers."""
    folder = tmp_path_factory.mktemp("year") / "small"
    year.make(SEED, folder, 20_000, FIRST, workers=2)
    return folder


@pytest.fixture(scope="session")
def full() -> world.World:
    """The world of 600,000 dossiers; one province of it takes a blink."""
    return world.build(SEED, 600_000, FIRST)
