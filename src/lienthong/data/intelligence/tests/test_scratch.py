import pathlib, datetime, pytest, time
from lienthong.data.intelligence import domain, queries
from .questions_notation import expected_question
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
TODAY=datetime.date(2026,11,25)
def test_it():
    import os
    out=[]; good=0
    for f in os.environ.get("QF","first").split(","):
      for line in (pathlib.Path(__file__).parent/f"questions/{f}.tsv").read_text().splitlines():
        q,e=line.split("\t"); q=q.removeprefix("@75 ")
        t=time.time()
        lex=queries.lexicon(text=q,on=TODAY); t2=time.time()
        r=domain.read_question(q,lexicon=lex,today=TODAY); t3=time.time()
        want=expected_question(e)
        ok = (r.question==want) if want else (r.question is None)
        if e.strip()=="-": ok = r.question is not None
        flag="ok " if ok else ("SILENT" if r.question and not e.strip()=="-" else "MISS")
        out.append(f"{flag}\t{q}\t{e}\n\t\t{r.question and r.question.document()} {r.problem} left={r.left} choices={r.choices[:3]} {r.slips}  {t2-t:.3f} {t3-t2:.3f}" if not ok or os.environ.get("ALL") else f"ok {q}")
        good+=ok
    pathlib.Path("/tmp/qtest/out.txt").write_text("\n".join(out)); print(good,len(out))
