"""Several processes that decode give what one gives, and die in no way that others suffer from."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.discover import discover
from netcordon.ingest.entering import TakenIn
from netcordon.ingest.many import take_in_all
from netcordon.model.evidence import Evidence
from netcordon.settings import DecodeLimits
from tests.traffic import Recording, dns_query

DEMO = Path(__file__).parents[2] / "lab" / "demo" / "demo.pcapng.gz"
ALONE = DecodeLimits(workers=1)


class Watcher:
    """Hears how evidence comes along, and may do something about it."""

    def __init__(self, on_advance: Callable[[str], None] = lambda path: None) -> None:
        self.begun: list[str] = []
        self._on_advance = on_advance

    def begins(self, path: str) -> None:
        self.begun.append(path)

    def advances(self, path: str, raw_bytes: int, records: int) -> None:
        self._on_advance(path)

    def compiling(self) -> None:
        pass


@contextmanager
def opened(place: Path) -> Iterator[Workspace]:
    with open_workspace(place, create=True, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as w:
        yield w


def take(
    workspace: Workspace,
    names: Sequence[Path],
    limits: DecodeLimits,
    watcher: Watcher | None = None,
) -> list[TakenIn | EvidenceError]:
    found = discover([str(name) for name in names], limits=limits).found
    answers = take_in_all(found, workspace, limits, watcher or Watcher())
    return [answer for _, answer in answers]


def evidence(answers: Sequence[TakenIn | EvidenceError]) -> list[Evidence]:
    assert all(isinstance(answer, TakenIn) for answer in answers), answers
    return [answer.registration.evidence for answer in answers]  # type: ignore[union-attr]


def rows(place: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows by table, sorted."""
    tables = sorted({path.parts[-3] for path in place.glob("lake/*/*/*/*.parquet")})
    found = {}
    for table in tables:
        query = f"SELECT * FROM read_parquet('{place}/lake/*/{table}/*/*.parquet') ORDER BY ALL"
        found[table] = duckdb.sql(query).fetchall()
    return found


def files(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.glob("lake/*/*/*/*.parquet"))
    }


def children() -> list[int]:
    """Processes that descend from this one."""
    of: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = status.read_text().split(" (", 1)
        except OSError:
            continue
        of.setdefault(int(rest.rsplit(")", 1)[1].split()[1]), []).append(int(pid))
    found = list(of.get(os.getpid(), []))
    for each in found:
        found.extend(of.get(each, []))
    return found


def readers(path: Path) -> list[int]:
    """Children that have a file open."""
    found = []
    for pid in children():
        try:
            links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        if str(path) in links:
            found.append(pid)
    return found


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Five captures of some ten megabytes, different in size."""
    folder = tmp_path_factory.mktemp("captures")
    made = []
    for number in range(5):
        recording = Recording()
        for n in range(60_000 + 7000 * number):
            name = b"%x.%x.example" % (n, number) + b"." + b"y" * 60
            client = f"10.{number}.{n % 250}.{n % 199 + 1}"
            recording.datagram(client, "192.0.2.53", 1024 + n % 60_000, 53, dns_query(name))
        made.append(folder / f"{number}.pcap")
        made[-1].write_bytes(recording.pcap())
    return made


@pytest.mark.parametrize("workers", [2, 3])
def test_a_divided_capture_gives_the_same_evidence_and_rows(tmp_path: Path, workers: int) -> None:
    divided = DecodeLimits(workers=workers, worker_bytes=0)
    with opened(tmp_path / "alone") as workspace:
        (alone,) = evidence(take(workspace, [DEMO], ALONE))
    with opened(tmp_path / "many") as workspace:
        (many,) = evidence(take(workspace, [DEMO], divided))
    assert many == alone
    assert rows(tmp_path / "many") == rows(tmp_path / "alone")
    with opened(tmp_path / "again") as workspace:
        take(workspace, [DEMO], divided)
        assert not list(workspace.staging_dir.iterdir())
    assert files(tmp_path / "again") == files(tmp_path / "many")
    assert children() == []


def test_captures_side_by_side_are_entered_in_order_as_one_after_the_other(
    tmp_path: Path, captures: list[Path]
) -> None:
    copy = tmp_path / "copy.pcap"
    copy.write_bytes(captures[1].read_bytes())
    names = [captures[4], captures[1], copy, captures[0]]
    watcher = Watcher()
    with opened(tmp_path / "alone") as workspace:
        alone = take(workspace, names, ALONE)
        order = [r.evidence.id for r in workspace.register.all()]
    with opened(tmp_path / "many") as workspace:
        many = take(workspace, names, DecodeLimits(workers=3, worker_bytes=0), watcher)
        assert [r.evidence.id for r in workspace.register.all()] == order
        assert take(workspace, names, DecodeLimits(workers=2, worker_bytes=0))
        assert workspace.register.all()[-1].evidence.id == order[-1]
    assert evidence(many) == evidence(alone)
    assert [answer.is_new for answer in many] == [True, True, False, True]  # type: ignore[union-attr]
    assert rows(tmp_path / "many") == rows(tmp_path / "alone")
    assert sorted(watcher.begun) == sorted(map(str, names))


def test_a_worker_that_is_killed_costs_its_file_alone(tmp_path: Path, captures: list[Path]) -> None:
    victim = captures[1]

    def kill(path: str) -> None:
        if path == str(victim):
            for pid in readers(victim):
                os.kill(pid, signal.SIGKILL)

    with opened(tmp_path / "case") as workspace:
        limits = DecodeLimits(workers=2, worker_bytes=1)
        answers = take(workspace, captures[:4], limits, Watcher(kill))
        registered = {r.evidence.path for r in workspace.register.all()}
        assert not list(workspace.staging_dir.iterdir())
    refused = [answer for answer in answers if isinstance(answer, EvidenceError)]
    assert [error.code for error in refused] == ["NC-116"]
    assert "signal 9" in refused[0].why
    assert registered == {str(name) for name in captures[:4] if name != victim}
    assert children() == []


def test_a_file_that_is_changed_between_the_shares_is_read_once_more(
    tmp_path: Path, captures: list[Path]
) -> None:
    target = tmp_path / "changing.pcap"
    target.write_bytes(
        captures[0].read_bytes() + b"".join(path.read_bytes()[24:] for path in captures[1:])
    )
    stopped = []

    def change(path: str) -> None:
        """Let one share read all, then change the end, then let the other one go on."""
        if stopped:
            return
        stopped.append(readers(target)[0])
        os.kill(stopped[0], signal.SIGSTOP)
        while len(readers(target)) > 1:
            time.sleep(0.05)
        with target.open("r+b") as file:
            file.seek(-20, os.SEEK_END)
            file.write(b"changed")
        os.kill(stopped[0], signal.SIGCONT)

    with opened(tmp_path / "case") as workspace:
        limits = DecodeLimits(workers=2, worker_bytes=0)
        (item,) = evidence(take(workspace, [target], limits, Watcher(change)))
    assert stopped
    assert item.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    packets = duckdb.sql(
        f"SELECT sum(packets_out) FROM read_parquet('{tmp_path}/case/lake/*/network_activity/*/*')"
    ).fetchall()
    assert packets == [(item.records,)]


def test_what_is_no_capture_is_refused_with_its_own_error(
    tmp_path: Path, captures: list[Path]
) -> None:
    gone = tmp_path / "gone.pcap"
    gone.write_bytes(captures[0].read_bytes())

    class Removes(Watcher):
        def begins(self, path: str) -> None:
            gone.unlink(missing_ok=True)
            super().begins(path)

    with opened(tmp_path / "case") as workspace:
        limits = DecodeLimits(workers=2, worker_bytes=0)
        answers = take(workspace, [captures[0], gone, captures[2]], limits, Removes())
    refused = [answer for answer in answers if isinstance(answer, EvidenceError)]
    assert [error.code for error in refused] == ["NC-101"]
    assert isinstance(answers[1], EvidenceError)


_RUN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from netcordon.casefile.workspace import open_workspace
from netcordon.evidence.discover import discover
from netcordon.ingest.many import take_in_all
from netcordon.settings import DecodeLimits
limits = DecodeLimits(workers=2, worker_bytes=0)
class Watcher:
    begins = compiling = lambda self, *_: None
    def advances(self, path, raw_bytes, records):
        print(path, flush=True)
clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)
with open_workspace(Path(sys.argv[1]), create=True, clock=clock) as workspace:
    found = discover(sys.argv[2:], limits=limits).found
    list(take_in_all(found, workspace, limits, Watcher()))
"""


def _members(session: int) -> list[int]:
    """Processes of a session that are no zombies."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = status.read_text().split(" (", 1)
        except OSError:
            continue
        fields = rest.rsplit(")", 1)[1].split()
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(pid))
    return found


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_when_the_parent_ends_so_do_the_workers(
    tmp_path: Path, captures: list[Path], sign: signal.Signals
) -> None:
    case = tmp_path / "case"
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(case), *map(str, captures)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline()
    assert len(_members(process.pid)) == 4  # itself, the fork server, two workers
    process.send_signal(sign)
    process.wait(30)
    process.stdout.close()
    patience = time.monotonic() + 10
    while _members(process.pid) and time.monotonic() < patience:
        time.sleep(0.05)
    assert _members(process.pid) == []
    with opened(case) as workspace:
        assert not list(workspace.staging_dir.glob("*"))
        ids = {r.evidence.id for r in workspace.register.all() if r.has_tables}
    assert {path.name.removeprefix("evidence_id=") for path in case.glob("lake/ev*")} == ids


@pytest.mark.parametrize("worker_bytes", [0, 1 << 40])
def test_a_stream_is_kept_and_decoded_like_a_file(
    tmp_path: Path, captures: list[Path], worker_bytes: int
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with opened(tmp_path / "alone") as workspace:
        (alone,) = evidence(take(workspace, [captures[0]], ALONE))
    with opened(tmp_path / "case") as workspace:
        with subprocess.Popen(["cp", str(captures[0]), str(fifo)]):
            limits = DecodeLimits(workers=2, worker_bytes=worker_bytes)
            (stream,) = evidence(take(workspace, [fifo], limits))
        seal = workspace.register.all()[0].seal
    assert (seal.location, seal.kept) == (None, f"evidence/{alone.sha256}.pcap")
    assert (tmp_path / "case" / str(seal.kept)).read_bytes() == captures[0].read_bytes()
    assert [p.name for p in (tmp_path / "case" / "evidence").iterdir()] == [f"{alone.sha256}.pcap"]
    assert (stream.path, stream.facts, stream.warnings) == (str(fifo), alone.facts, ())
    assert rows(tmp_path / "case") == rows(tmp_path / "alone")


def test_a_stream_without_evidence_leaves_nothing(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with opened(tmp_path / "case") as workspace:
        with subprocess.Popen(["sh", "-c", f"echo no capture > {fifo}"]):
            (answer,) = take(workspace, [fifo], DecodeLimits(workers=2, worker_bytes=0))
        assert not list(workspace.evidence_dir.iterdir())
    assert isinstance(answer, EvidenceError)
    assert answer.code == "NC-103"
    assert answer.path == str(fifo)
