"""The example files of the index are taken in as they are and give what their README says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lienthong.channels.kpis import domain, queries, services
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse
from lienthong.foundation.storage import services as storage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
FOLDER = Path(__file__).parents[5] / "examples" / "public-service-index"
BY = "system:test"
AT = datetime(2026, 10, 5, 3, tzinfo=UTC)
FILES = {
    "quyet-dinh-cong-bo.csv": ("announcements", "national"),
    "dich-vu-cong.csv": ("public-services", "national"),
    "tong-so-ho-so.csv": ("dossier-totals", "national-portal"),
    "phan-anh.csv": ("feedback", "national-portal"),
}


def test_every_row_is_taken_and_counts():
    for name, (register, source) in FILES.items():
        file = storage.store(content=(FOLDER / name).read_bytes(), name=name, media_type="text/csv", by=BY, at=AT)
        job = registry_services.begin_import(register=register, source=source, file_id=file.id, by=BY, at=AT)
        assert registry_services.run_import(import_id=job, at=AT) is registry_domain.ImportState.DONE
        done = registry.import_job(id=job)
        assert (done.refused, done.total) == (0, len((FOLDER / name).read_text("utf-8").splitlines()) - 1), name
    framework, span = queries.framework(code="public-service"), domain.Span.parse("2026-Q3")
    warehouse.recompute_many(codes=sorted(framework.indicators), at=AT)
    services.assess(framework=framework, span=span, at=AT)
    found = queries.assessments(framework=framework, span=span)

    def told(unit: str, criterion: str) -> tuple:
        result = found[unit].results[criterion]
        return result.numerator, result.denominator

    assert (told("75", "1.1"), told("75", "1.2")) == ((1, 2), (2, 2))
    assert (told("G06", "1.1"), told("G06", "1.2")) == ((1, 2), (1, 2))
    assert (told("", "1.1"), told("", "1.2")) == ((3, 5), (3, 5))
    assert (told("75", "3.1"), told("01", "3.5"), told("75", "1.4")) == ((2, 3), (1, 2), (0, 368))
    assert (told("75", "5.2"), told("01", "5.2"), told("G06", "5.2")) == ((1, 2), (0, 1), (1, 1))
