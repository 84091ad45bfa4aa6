"""Packages for others: made, proved with ordinary tools, opened again, and damaged."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netcordon.casefile.exports import Export, record_exports
from netcordon.casefile.plans import record_plan, record_rehearsal
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.evidence.unpack_bag import unpack_bag
from netcordon.interfaces.cli.options import now
from netcordon.model.rehearsal import Rehearsal
from netcordon.workflow.open_package import check_package
from tests import traffic
from tests.journeys.in_process import run
from tests.unit.enforcement.council import REGISTER, plan_for
from tests.unit.evidence.tsa import StampAuthority


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workspace ``ws``: two sealed files, a slice, a stamp, a key, recipients."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "night capture.pcap").write_bytes(bytes(range(256)) * 5000)
    (folder / "other.img").write_bytes(b"somebody else's")
    (folder / "slice.pcapng").write_bytes(b"frames of one flow")

    def netcordon(*arguments: str) -> dict[str, Any]:
        return run(folder / "ws", *arguments)

    netcordon("person", "add", "Ida", "--role", "it", "--user", "u-ida", "--no-passphrase",
              "--key-out", str(folder / "ida.pem"))  # fmt: skip
    for name in ("night capture.pcap", "other.img"):
        netcordon("evidence", "seal", str(folder / name), "--collector", "Ida")
    with open_workspace(folder / "ws", create=False, clock=now, beside=True) as opened:
        capture = _ids(folder)["night capture.pcap"]
        export = Export(
            location=str(folder / "slice.pcapng"), bytes=18, kind="slice",
            sha256="", parents={capture["id"]: capture["sha256"]},
            chosen_by="filter: port 53", proof={},
        )  # fmt: skip
        digest = subprocess.run(
            ["sha256sum", folder / "slice.pcapng"], capture_output=True, check=True
        ).stdout[:64]
        record_exports(opened.journal, [Export(**{**vars(export), "sha256": digest.decode()})])
    (folder / "tsa").mkdir()
    authority = StampAuthority(folder / "tsa")
    netcordon("evidence", "stamp", "--request", str(folder / "q"))
    (folder / "a").write_bytes(authority.answer((folder / "q").read_bytes()))
    netcordon("evidence", "stamp", "--response", str(folder / "a"))
    netcordon(
        "evidence", "hand-over", *(one["id"] for one in _ids(folder).values()), "--to", "CERT",
        "--reason", "both at once", "--key", str(folder / "ida.pem"),
    )  # fmt: skip
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", "cert.key", "-out",
         "cert.pem", "-subj", "/CN=CERT desk", "-days", "3650"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


def _ids(folder: Path) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in run(folder / "ws", "evidence", "custody")["evidence"]}


def _shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-ec", script], cwd=folder, capture_output=True, text=True, check=False
    )


def _steps(readme: str) -> list[str]:
    """The commands of the page: each indented block is one."""
    blocks = re.findall(r"(?:^    .*\n)+", readme, re.M)
    return [re.sub(r"^    ", "", block, flags=re.M) for block in blocks]


def _age_key(room: Path) -> str:
    if not (room / "age.key").exists():
        subprocess.run(["age-keygen", "-o", "age.key"], cwd=room, check=True, capture_output=True)
    return str(re.findall(r"age1\w+", (room / "age.key").read_text())[0])


@pytest.mark.parametrize("way", ["age", "p7m"])
def test_the_page_in_the_package_proves_it_without_netcordon(
    room: Path, tmp_path: Path, engine_program: Callable[[str], str], way: str
) -> None:
    for program in ("age", "openssl", "unzip", "sha256sum"):
        engine_program(program)
    capture = _ids(room)["night capture.pcap"]
    to = _age_key(room) if way == "age" else str(room / "cert.pem")
    out = tmp_path / f"PACKAGE.zip.{way}"
    made = run(
        room / "ws", "evidence", "package", capture["id"], str(room / "slice.pcapng"),
        "-o", str(out), "--to", to, "--key", str(room / "ida.pem"), "--note", "read data/ first",
    )["package"]  # fmt: skip
    assert (made["given"] < made["entries"], made["stamps"]) == (True, 1)
    assert {name.split("/")[0] for name in made["files"]} == {"evidence", "slices"}
    assert b"\x00\x01\x02\x03" not in out.read_bytes()[:200]

    for source, name in (("age.key", "KEY"), ("cert.key", "KEY.pem"),
                         ("cert.pem", "CERTIFICATE.pem")):  # fmt: skip
        if (room / source).exists():
            shutil.copy(room / source, tmp_path / name)
    by_hand = re.findall(r"^    ((?:age|openssl cms) -d.*(?:\n        .*)?)", _page(), re.M)
    command = next(c for c in by_hand if c.startswith("age" if way == "age" else "openssl"))
    assert _shell(command, tmp_path).returncode == 0
    assert _shell("unzip -q package.zip", tmp_path).returncode == 0
    (bag,) = tmp_path.glob("netcordon-evidence-*/")
    page = (bag / "README.txt").read_text()
    assert "read data/ first" in page
    shutil.copy(room / "tsa/ca.pem", bag / "CA.pem")
    steps = _steps(page[page.index("1. Every file") :])
    assert len(steps) == 5
    done = [_shell(step, bag) for step in steps]
    assert [d.returncode for d in done] == [0] * 5, [d.stderr + d.stdout for d in done]
    fingerprint = re.findall(r"which must be (\w{64})", page)[0]
    assert done[2].stdout.startswith(fingerprint)
    assert made["fingerprint"] == fingerprint, "told by telephone"
    assert done[3].stdout.startswith("head ")
    assert "is in the journal" in done[4].stdout
    (bag / "CA.pem").unlink()

    # What is in it is what was sealed, and what does not concern the recipient is not told.
    (copy,) = bag.glob("data/evidence/*")
    assert copy.read_bytes() == (room / "night capture.pcap").read_bytes()
    told = (bag / "data/journal/entries.txt").read_text()
    assert "night capture" in told
    assert "other.img" not in told
    assert "both at once" not in told  # the hand-over names the other image as well

    found = check_package(bag, made["sha256"])
    assert (found.problems, found.signer) == ((), fingerprint)
    assert done[3].stdout == f"head {found.head}\n"

    # A change to the journal's extract is seen by the shell as by us.
    fields = bag / "data/journal/entries.txt"
    fields.write_text(told.replace("night capture", "other capture", 1))
    again = _shell(steps[3], bag)
    assert (again.returncode, "payload was changed" in again.stdout) == (1, True)
    problems = check_package(bag, "").problems
    assert any("entries.txt was changed" in p for p in problems)
    assert any("field 'payload' was changed" in p for p in problems)


def _page() -> str:
    from netcordon.workflow.package_readme import readme

    pages = [readme("", w, signer="", fingerprint="", has_stamps=False) for w in ("age", "cms")]
    return "\n".join(page.decode() for page in pages)


def test_ssh_keys_open_it_and_other_keys_do_not(
    room: Path, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("ssh-keygen")
    for name in ("mine", "other"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True
        )
    out = tmp_path / "case.zip.age"
    capture = _ids(room)["night capture.pcap"]["sha256"]
    made = run(room / "ws", "evidence", "package", capture, "-o", str(out),
               "--to", str(tmp_path / "mine.pub"))["package"]  # fmt: skip
    assert (made["signed_by"], made["fingerprint"]) == ("", "")
    opened = ("evidence", "open", str(out), "-o", str(tmp_path / "bag"), "--key")
    for wrong in ("other", "mine.pub"):
        error = run(room / "ws", *opened, str(tmp_path / wrong))["error"]
        assert error["code"] == "NC-550"
        assert not (tmp_path / "bag").exists()
    found = run(room / "ws", *opened, str(tmp_path / "mine"))
    assert (found["_status"], found["opened"]["problems"]) == (0, [])
    assert made["sha256"] in found["opened"]["notes"][0]
    assert run(room / "ws", *opened, str(tmp_path / "mine"))["error"]["code"] == "NC-701"
    # The package is on record like any export.
    events = _ids(room)["night capture.pcap"]["events"]
    assert events[-1]["said"].startswith("package, SHA-256")
    assert run(room / "ws", "verify")["ok"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("{id}", "-o", "p.zip", "--to", "age1x"), "NC-548"),
        (("{id}", "-o", "p.zip.age"), "NC-548"),
        (("{id}", "-o", "p.zip.age", "--to", "age1x"), "NC-548"),
        (("{id}", "-o", "p.zip.age", "--to", "ida.pem"), "NC-548"),
        (("{id}", "-o", "p.zip.age", "--unencrypted"), "NC-548"),
        (("{id}", "-o", "p.zip.p7m", "--to", "ida.pem"), "NC-548"),
        (("{id}", "-o", "p.zip.p7m", "--to", "tsa/ca.pem"), "NC-548"),
        (("ida.pem", "-o", "p.zip", "--unencrypted"), "NC-542"),
        (("case-9999", "-o", "p.zip", "--unencrypted"), "NC-509"),
        (("{id}", "-o", "ida.pem", "--unencrypted"), "NC-701"),
    ],
)
def test_a_package_that_cannot_be_leaves_nothing_behind(
    room: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: str
) -> None:
    monkeypatch.chdir(room)
    id_ = _ids(room)["other.img"]["id"]
    before = sorted(room.iterdir())
    said = [argument.format(id=id_) for argument in arguments]
    assert run(room / "ws", "evidence", "package", *said)["error"]["code"] == code
    assert sorted(room.iterdir()) == before


def test_changed_evidence_is_not_packed(room: Path, tmp_path: Path) -> None:
    shutil.copytree(room / "ws", tmp_path / "ws")
    place = room / "other.img"
    content = place.read_bytes()
    try:
        place.write_bytes(content[::-1])
        said = (_ids(room)["other.img"]["id"], "-o", str(tmp_path / "p.zip"), "--unencrypted")
        assert run(tmp_path / "ws", "evidence", "package", *said)["error"]["code"] == "NC-704"
    finally:
        place.write_bytes(content)
    assert not (tmp_path / "p.zip").exists()


def test_a_case_goes_with_its_approvals_and_nobody_who_said_nothing(
    room: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "ws"
    ends = traffic.ip("10.0.0.5", "203.0.113.9", 17, traffic.udp(4000, 53, b"x"))
    recording = traffic.Recording()
    recording.frames.append((traffic.START_US, traffic.ethernet(ends)))
    (tmp_path / "c.pcap").write_bytes(recording.pcap())
    run(workspace, "investigate", str(tmp_path / "c.pcap"))
    for name in ("Ida", "Otto"):
        run(workspace, "person", "add", name, "--role", "it", "--user", name, "--no-passphrase",
            "--contact", "+43 1 555", "--key-out", str(tmp_path / f"{name}.pem"))  # fmt: skip
    case = run(workspace, "case", "list")["cases"][0]["id"]
    plan = replace(plan_for("payments"), case_id=case)
    with open_workspace(workspace, create=False, clock=now) as opened:
        record_plan(opened.journal, plan, REGISTER)
        record_rehearsal(
            opened.journal,
            Rehearsal(
                plan_id=plan.id, plan_hash=plan.hash, time=now(), evidence_ids=(), flows=1,
                commands=(), missed=(), engines=(), passed=True, reasons=(),
            ),
        )  # fmt: skip
    run(workspace, "contain", "approve", plan.id, "--as", "it", "--key", str(tmp_path / "Ida.pem"))
    made = run(workspace, "evidence", "package", case, "-o", str(tmp_path / "p.zip"),
               "--unencrypted")["package"]  # fmt: skip
    assert made["name"].startswith(f"netcordon-{case}-")
    found = run(workspace, "evidence", "open", str(tmp_path / "p.zip"), "-o", str(tmp_path / "o"))
    assert found["opened"]["problems"] == []
    bag = Path(found["opened"]["folder"])
    approval = json.loads((bag / f"data/approvals/{plan.id}.json").read_text())
    assert [person["name"] for person in approval["people"]] == ["Ida"]
    told = (bag / "data/journal/entries.txt").read_text()
    assert "plan.word_given" in told
    assert '\\"name\\":\\"Ida\\"' in told
    assert "Otto" not in told


def test_every_kind_of_damage_to_a_bag_is_named(room: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.zip"
    run(room / "ws", "evidence", "package", _ids(room)["other.img"]["id"], "-o", str(out),
        "--unencrypted", "--key", str(room / "ida.pem"))  # fmt: skip

    def damaged(change: Callable[[Path], object]) -> str:
        with out.open("rb") as source:
            bag = unpack_bag(source, _new(tmp_path), max_bytes=1 << 30)
        assert check_package(bag, "").problems == ()
        change(bag)
        return " | ".join(check_package(bag, "").problems)

    def edit(name: str, old: str, new: str) -> Callable[[Path], object]:
        def change(bag: Path) -> None:
            text = (bag / name).read_text()
            assert old in text
            (bag / name).write_text(text.replace(old, new, 1))

        return change

    def cut(bag: Path) -> None:
        path = bag / "data/journal/leaves.txt"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:1] + lines[2:]))

    assert "custody.json was changed" in damaged(edit("data/custody.json", "Ida", "Eva"))
    assert "data/extra stands in no manifest" in damaged(lambda b: (b / "data/extra").touch())
    assert "custody.json is missing" in damaged(lambda b: (b / "data/custody.json").unlink())
    told = damaged(edit("tagmanifest-sha256.txt", "README", "README2"))
    assert "the signature does not hold" in told
    assert "README2.txt is missing" in told
    assert "no Ed25519 key" in damaged(edit("signature/key.pem", "PUBLIC", "PRIVATE"))
    assert "line 1: it is no line of a manifest" in damaged(
        edit("manifest-sha256.txt", "data/", "../data/")
    )
    cut_out = damaged(cut)
    assert "entry 2 does not follow the one before it" in cut_out
    stamp = damaged(edit("data/stamps/1.txt", ":", ":0"))
    assert "stamps/1.txt is no head of the journal" in stamp

    def put(name: str, content: bytes) -> Callable[[Path], object]:
        return lambda bag: (bag / name).write_bytes(content)

    def folder(name: str) -> Callable[[Path], object]:
        def change(bag: Path) -> None:
            (bag / name).unlink()
            (bag / name).mkdir()

        return change

    heads = (_bag(tmp_path) / "data/journal/leaves.txt").read_text().splitlines()
    for change, problem in (
        (lambda b: (b / "data/journal/entries.txt").unlink(), "entries.txt is missing, or no file"),
        (folder("data/journal/entries.txt"), "entries.txt is missing, or no file"),
        (put("data/journal/entries.txt", b"9" * 5000 + b" a:str:b\n"), "field 'a' was changed"),
        (put("data/stamps/1.tsr", b"no answer"), "1.tsr: it is no answer"),
        (put("data/stamps/1.txt", f"1:{heads[0][:64]}\n".encode()), "is about something else"),
        (lambda b: (b / "data/stamps/1.tsr").unlink(), "data/stamps/1.txt is no time stamp"),
        (lambda b: (b / "data/stamps/1.txt").unlink(), "does not say what was stamped"),
        (folder("data/stamps/1.txt"), "1.tsr does not say what was stamped"),
    ):
        assert problem in damaged(change)


def _bag(folder: Path) -> Path:
    """One that was unpacked in it."""
    return next(folder.glob("bag-0/*"))


def _new(folder: Path) -> Path:
    path = folder / f"bag-{len(list(folder.glob('bag-*')))}"
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("names", "size", "why"),
    [
        (["top/../../x"], 1, "not harmless"),
        (["/etc/x"], 1, "not harmless"),
        (["top/.hidden"], 1, "not harmless"),
        (["top/a b"], 1, "not harmless"),
        (["loose"], 1, "not harmless"),
        (["one/a", "two/a"], 1, "not one bag"),
        (["top/a", "top/a"], 1, "twice"),
        (["top/a", "top/a/b"], 1, "twice"),
        (["top/a/b", "top/a"], 1, "twice"),
        (["top/a", "top/b"], 600_000, "--max-bytes"),
    ],
)
def test_a_hostile_package_is_refused(
    tmp_path: Path, names: list[str], size: int, why: str
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            with warnings.catch_warnings(action="ignore"):
                archive.writestr(zipfile.ZipInfo(name), b"\0" * size)
    with pytest.raises(UsageError, match=re.escape(why)) as refused:
        unpack_bag(made, _new(tmp_path), max_bytes=1_000_000)
    assert refused.value.code == "NC-550"
    assert not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_package_is_refused_however_it_is_packed(tmp_path: Path, method: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("top/aé", bytes(range(256)) * 40)
    sound = made.getvalue()
    for change in (
        sound[:60] + b"\xff" * 60 + sound[120:],
        sound.replace("é".encode(), b"\xff\xfe"),
        sound[:-30],
    ):
        with pytest.raises(UsageError) as refused:
            unpack_bag(io.BytesIO(change), _new(tmp_path), max_bytes=1_000_000)
        assert refused.value.code == "NC-550"


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no archive", b"\x30\x82 no CMS", b"words"])
def test_what_is_no_package_is_refused(room: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p").write_bytes(content)
    said = ("evidence", "open", str(tmp_path / "p"), "-o", str(tmp_path / "o"))
    for key in ((), ("--key", str(room / "cert.key"), "--cert", str(room / "cert.pem"))):
        assert run(room / "ws", *said, *key)["error"]["code"] == "NC-550"
    assert not (tmp_path / "o").exists()
