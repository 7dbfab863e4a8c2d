"""Imports: good rows in, bad ones kept with the reason; again, at once, cut off and gone on."""

import csv
import io
import os
import signal
import subprocess
import sys
import threading

import orjson
import pytest
from django.conf import settings
from django.db import connection

from lienthong.data.registry import adapters, domain, handlers, models, queries, services, testing
from lienthong.data.registry.services import _imports
from lienthong.kernel.errors import NotFound

AT = testing.AT


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(adapters, "BATCH", 10)


def people_file(rows: range, **fields) -> bytes:
    return testing.csv_of([testing.person(number, **fields) for number in rows], ("id", "name", *fields))


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_each_refused_cell_is_kept_with_its_row_column_value_and_reason_and_good_rows_are_in(people, small_batches):
    lines = [f"999{number:09},Trần An {number},1/1/2000,{number}" for number in range(40)]
    lines[3] = "99900003,Trần An,1/1/2000,3"
    lines[7] = "999000000007,,31/02/2000,-1"
    lines[12] = "thiếu ô"
    lines[25] = '=HYPERLINK("x"),Trần,1/1/2000,1'
    lines[39] = "999000000039,Trần,x,0"
    job = testing.take_in("\n".join(["id,name,born,children", *lines]).encode())
    assert (job.state, job.read, job.new, job.refused) == (domain.ImportState.DONE, 40, 35, 5)
    cells = {(cell.row, cell.column): cell for cell in testing.refusals(job)}
    assert set(cells) == {(5, "id"), (9, "born"), (9, "children"), (9, "name"), (14, "*"), (27, "id"), (41, "born")}
    assert cells[5, "id"].value == "99900003"
    assert "số 0 ở đầu" in cells[5, "id"].reason
    assert "leading zeros" in cells[5, "id"].reason
    assert cells[9, "born"].value == "31/02/2000"
    assert cells[9, "children"].value == "'-1"
    assert cells[9, "name"].value == ""
    assert cells[27, "id"].value.startswith("'=")
    assert [cell.row for cell in testing.refusals(job)] == sorted(cell.row for cell in testing.refusals(job))


def test_row_numbers_hold_across_many_blocks_with_rows_that_cannot_be_split(people, monkeypatch):
    monkeypatch.setattr(adapters, "LONGEST", 2048)
    monkeypatch.setattr(adapters, "BATCH", 7)
    rows = range(2, 600)
    lines = {
        row: "x" if row % 5 == 0 else f"{row},Trần An" if row % 7 == 0 else f'999{row:09},"Trần\nAn"' for row in rows
    }
    job = testing.take_in("\n".join(["id,name", *lines.values()]).encode())
    told = {(cell.row, cell.column) for cell in testing.refusals(job)}
    assert told == {(row, "*" if row % 5 == 0 else "id") for row in rows if row % 5 == 0 or row % 7 == 0}
    assert job.new + job.refused == job.read == len(rows)


def test_rows_of_json_and_workbooks_are_numbered_as_their_readers_show_them(people):
    lines = [orjson.dumps(testing.person(1)), b"", b"no json", b"[1]", orjson.dumps({"id": "x", "name": "An"})]
    assert [cell.row for cell in testing.refusals(testing.take_in(b"\n".join(lines)))] == [3, 4, 5]


def test_a_file_in_which_no_row_splits_like_its_heading_is_refused(people, monkeypatch):
    monkeypatch.setattr(adapters, "UNREADABLE", 50)
    job = testing.take_in(b"id,name\n" + b"999000000001,An,them\n" * 60)
    assert job.state is domain.ImportState.FAILED
    assert "tệp hỏng" in job.problem_vi
    assert not testing.stored()


def test_refused_rows_are_downloaded_as_a_file_that_spreadsheets_open(people, client_of):
    job = testing.take_in("id,name\n1,Trần An\n999000000001,Trần Bình\n+2,Lê\n".encode())
    answer = client_of("data.registry.import").get(f"/imports/{job.id}/refused.csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(content))
    assert answer["Content-Disposition"].startswith("attachment")
    assert heading == ["dòng / row", "cột / column", "giá trị / value", "lý do / reason"]
    assert [row[:3] for row in rows] == [["2", "id", "1"], ["4", "id", "'+2"]]
    assert client_of().get(f"/imports/{job.id}/refused.csv").status_code == 403


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_million_refused_cells_take_no_more_memory_than_a_hundred_thousand(tmp_path):
    """Each in a process of its own, which tells its peak of resident memory."""
    testing.declare()
    program = f"""
import resource, sys
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {connection.settings_dict["NAME"]!r}
from lienthong.data.registry import testing
job = testing.take_in(open(sys.argv[1], "rb").read())
print(job.refused, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    peaks = []
    for rows in (50_000, 500_000):
        file = tmp_path / f"{rows}.csv"
        file.write_text("id,name,born\n" + "".join(f"{row},Trần An,31/02/2000\n" for row in range(rows)), "utf-8")
        said = subprocess.run(
            [sys.executable, "-c", program, file], env=environment(), check=True, capture_output=True, text=True
        ).stdout
        refused, peak = map(int, said.split())
        assert refused == rows
        peaks.append(peak - file.stat().st_size // 2**20)
    assert models.RefusedRow.objects.count() == 1_100_000
    assert peaks[1] < peaks[0] * 1.5, peaks


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_of_a_gigabyte_is_taken_in_without_being_held(tmp_path):
    """Its rows are long: the columns that the register does not ask for are of ten thousand letters."""
    testing.declare()
    rest = ",Trần An," + "ghi chú dài " * 900 + "\n"
    program = f"""
import resource, sys
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {connection.settings_dict["NAME"]!r}
from lienthong.data.registry import testing
job = testing.take_in(open(sys.argv[1], "rb"))
print(job.read, job.refused, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    peaks = []
    for rows in (40_000, 100_000):
        file = tmp_path / f"{rows}.csv"
        with file.open("w", encoding="utf-8") as text:
            text.write("id,name,note\n")
            for row in range(rows):
                text.write(f"999{row:09}{rest}")
        said = subprocess.run(
            [sys.executable, "-c", program, file], env=environment(), check=True, capture_output=True, text=True
        ).stdout
        read, refused, peak = map(int, said.split())
        assert (read, refused) == (rows, 0)
        peaks.append(peak)
    assert file.stat().st_size > 10**9
    assert peaks[1] < peaks[0] * 1.2, peaks


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(settings.LIENTHONG_ROOT / "src")}


# --- again and at once ------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(people, small_batches):
    content = people_file(range(35))
    assert testing.take_in(content).new == 35
    again = testing.take_in(content)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 35)
    assert models.Record.objects.count() == 35


def test_the_same_rows_in_another_form_change_nothing_and_are_known_at_once_afterwards(people):
    rows = [testing.person(number, born="2000-01-02") for number in range(5)]
    testing.take_in(testing.csv_of(rows, ("id", "name", "born")))
    other = testing.csv_of([row | {"born": "2/1/2000"} for row in rows], ("name", "born", "id"))
    for _ in range(2):
        job = testing.take_in(other)
        assert (job.new, job.changed, job.unchanged) == (0, 0, 5)


def test_a_key_told_twice_in_a_file_counts_by_its_last_row_every_time(people):
    content = "id,name\n999000000001,Trần An\n999000000001,Trần Bình\n".encode()
    for expected in (1, 0, 0):
        assert testing.take_in(content).new == expected
        assert testing.stored()["999000000001"]["name"] == "Trần Bình"
    assert models.Record.objects.count() == 1


def test_changed_rows_become_versions_and_the_others_stay(people, small_batches):
    testing.take_in(people_file(range(35)))
    rows = [testing.person(number) | ({"name": "Trần Mới"} if number % 10 == 0 else {}) for number in range(30, -1, -1)]
    job = testing.take_in(testing.csv_of([*rows, testing.person(99)]), at=AT.replace(hour=9))
    assert (job.new, job.changed, job.unchanged) == (1, 4, 27)
    assert testing.stored()["999000000020"]["name"] == "Trần Mới"
    assert queries.register(key=testing.REGISTER).records == 36


def test_a_file_in_line_is_put_in_line_once_but_called_again(people, monkeypatch):
    called = []
    monkeypatch.setattr(_imports.outbox, "publish", lambda event, at: called.append(type(event).__name__))
    first, again = (testing.put_in_line(people_file(range(3))) for _ in range(2))
    assert first == again
    assert called == ["ImportBegun", "ImportBegun"]
    assert testing.put_in_line(people_file(range(3)), source="other") != first


def test_a_file_in_line_is_given_to_a_worker(people, monkeypatch):
    given = []
    monkeypatch.setattr(handlers.run_import, "defer", lambda **values: given.append(values))
    job = testing.put_in_line(people_file(range(3)))
    handlers.take_in(handlers.ImportBegun(import_id=job, register=testing.REGISTER, source=testing.SOURCE))
    assert given == [{"import_id": str(job)}]


@pytest.mark.django_db(transaction=True)
def test_two_runs_of_one_import_at_once_take_each_row_once(monkeypatch):
    monkeypatch.setattr(adapters, "BATCH", 20)
    testing.declare()
    job = testing.put_in_line(people_file(range(300)), whole=True)
    start, results = threading.Barrier(3), []

    def run() -> None:
        try:
            start.wait(20)
            results.append(services.run_import(import_id=job, at=AT))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done = queries.import_job(id=job)
    assert results == [domain.ImportState.DONE] * 3
    assert (done.read, done.new, done.unchanged) == (300, 300, 0)
    assert models.Record.objects.count() == 300


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_source_at_once_take_each_row_once(monkeypatch):
    monkeypatch.setattr(adapters, "BATCH", 20)
    testing.declare()
    jobs = [testing.put_in_line(people_file(range(300)) + end) for end in (b"", b"\n")]
    start = threading.Barrier(2)

    def run(job) -> None:
        try:
            start.wait(20)
            services.run_import(import_id=job, at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done = [queries.import_job(id=job) for job in jobs]
    assert {job.state for job in done} == {domain.ImportState.DONE}
    assert sum(job.new for job in done) == 300
    assert sum(job.unchanged for job in done) == 300
    assert models.Record.objects.count() == 300
    assert queries.register(key=testing.REGISTER).records == 300


# --- cut off and gone on ----------------------------------------------------------------------------------------------


class Cut(Exception):
    """The power goes."""


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_import_that_was_cut_off_goes_on_where_it_stood(people, small_batches, monkeypatch, after):
    content = people_file(range(35)) + "hỏng\n999,Lê\n".encode()
    testing.take_in(people_file(range(30, 90)))
    job, whole_batch, taken = testing.put_in_line(content, whole=True), _imports._one_batch, []

    def cut(*arguments, **how) -> None:
        if len(taken) == after:
            raise Cut
        taken.append(how["ends"])
        whole_batch(*arguments, **how)

    monkeypatch.setattr(_imports, "_one_batch", cut)
    with pytest.raises(Cut):
        services.run_import(import_id=job, at=AT)
    assert queries.import_job(id=job).read == after * 10
    monkeypatch.setattr(_imports, "_one_batch", whole_batch)
    assert services.run_import(import_id=job, at=AT) is domain.ImportState.DONE
    done = queries.import_job(id=job)
    assert (done.read, done.new, done.unchanged, done.refused) == (37, 30, 5, 2)
    assert len(testing.refusals(done)) == 2
    assert services.run_import(import_id=job, at=AT) is domain.ImportState.DONE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_import_whose_process_is_killed_ends_as_one_that_was_not():
    """SIGKILL after three batches; another process goes on."""
    testing.declare()
    content = people_file(range(95), born="1/2/1990") + b"x\n"
    job = testing.put_in_line(content)
    program = f"""
import os, signal, sys
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {connection.settings_dict["NAME"]!r}
from uuid import UUID
from lienthong.data.registry import adapters, services, testing
from lienthong.data.registry.services import _imports
adapters.BATCH, batches, one = 10, [], _imports._one_batch
def die(*arguments, **how):
    if len(batches) == 3 and sys.argv[1] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    batches.append(one(*arguments, **how))
_imports._one_batch = die
services.run_import(import_id=UUID({str(job)!r}), at=testing.AT)
"""
    for way, ends, read in (("die", -signal.SIGKILL, 30), ("live", 0, 96)):
        done = subprocess.run(
            [sys.executable, "-c", program, way],
            env=os.environ | {"PYTHONPATH": str(settings.LIENTHONG_ROOT / "src")},
            check=False,
        )
        assert done.returncode == ends
        assert queries.import_job(id=job).read == read
    interrupted = (queries.import_job(id=job), testing.stored())
    other = testing.take_in(content, source="other")
    assert testing.stored("other") == interrupted[1]
    for name in ("state", "read", "new", "changed", "unchanged", "refused"):
        assert getattr(other, name) == getattr(interrupted[0], name)


def test_a_whole_source_ends_what_its_file_no_longer_tells(people, small_batches):
    testing.take_in(people_file(range(40)))
    job = testing.take_in(people_file(range(15)), whole=True, at=AT.replace(hour=9))
    assert (job.state, job.unchanged) == (domain.ImportState.DONE, 15)
    assert len(testing.stored()) == 15
    assert queries.register(key=testing.REGISTER).records == 15
    assert [item.closed for item in queries.history(register=testing.REGISTER, key="999000000020")] == [True, False]
    assert not models.SeenKey.objects.exists()


def test_what_a_whole_source_tells_wrongly_is_refused_but_not_ended(people):
    testing.take_in(people_file(range(3)))
    testing.take_in("id,name\n999000000000,Nguyễn Văn 0\n999000000001,\n".encode(), whole=True)
    assert set(testing.stored()) == {"999000000000", "999000000001"}


def test_nothing_is_ended_by_a_whole_file_with_rows_that_nobody_can_read(people):
    testing.take_in(people_file(range(3)))
    job = testing.take_in("id,name\n999000000000,Nguyễn Văn 0\n999000000001\n".encode(), whole=True)
    assert "chưa được kết thúc" in job.problem_vi
    assert len(testing.stored()) == 3


@pytest.mark.parametrize("content", [b"id,name\n", b"id,ten\n999000000001,An\n", b"PAR1"])
def test_nothing_is_ended_by_a_whole_file_without_rows_or_without_sense(people, content):
    testing.take_in(people_file(range(3)))
    job = testing.take_in(content, whole=True)
    assert job.state is domain.ImportState.FAILED
    assert len(testing.stored()) == 3


def test_an_unknown_import_is_not_found(people):
    missing = testing.put_in_line(people_file(range(1)))
    models.ImportRow.objects.all().delete()
    with pytest.raises(NotFound):
        services.run_import(import_id=missing, at=AT)
    with pytest.raises(NotFound):
        queries.import_job(id=missing)


def test_an_import_into_a_source_nobody_declared_is_refused(people):
    with pytest.raises(domain.UnknownRegister):
        testing.put_in_line(people_file(range(1)), source="nobody")
