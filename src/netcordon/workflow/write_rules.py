"""Rules for sensors from an incident: made, tried, and written when they are worth it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from netcordon.casefile.signatures import RulesRecord, known_numbers, record_rules
from netcordon.casefile.workspace import Workspace
from netcordon.errors import EvidenceError, UsageError
from netcordon.evidence.opening import open_source
from netcordon.model.casework import Ruling
from netcordon.model.severity import Severity
from netcordon.model.signature import Mark, Signature
from netcordon.settings import DecodeLimits
from netcordon.signatures.belonging import add_own_flows
from netcordon.signatures.marks import marks_of
from netcordon.signatures.sids import Ledger
from netcordon.signatures.sigma_rule import as_yaml, sigma_rules
from netcordon.signatures.sigma_tables import add_hits
from netcordon.signatures.suricata_rule import suricata_rule
from netcordon.signatures.tried import Spoken, add_spoken, by_suricata, judged, own_hits
from netcordon.tables.engine import Engine
from netcordon.workflow.flow_packets import write_packets
from netcordon.workflow.looking import looking, noted
from netcordon.workflow.new_folder import NewFolder

_FEW = 1_000
"""Ordinary flows; with fewer, silence says little."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class WrittenRules:
    """What was tried and what was written.

    Attributes:
        signatures: all that were tried, written or not.
        kept: whether those that are not worth it were written too.
        spoken: what Suricata read, and could not.
        files: name -> SHA-256.
        not_recorded: why the journal does not know of it; ``None`` when it does.
    """

    incident_id: str
    title: str
    folder: Path
    signatures: tuple[Signature, ...]
    kept: bool
    spoken: Spoken
    own_flows: int
    files: Mapping[str, str]
    not_recorded: str | None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the rules were tried on, one sentence each."""
        if self.spoken.why_not:
            return (f"Suricata could not be asked: {self.spoken.why_not}",)
        said = f"Suricata read {self.spoken.read:,} recorded flows, {self.spoken.own:,} of them are"
        ordinary = self.spoken.read - self.spoken.own
        few = [
            f"only {max(ordinary, 0):,} ordinary flows stood against them: a rule for what "
            "administrators do would not be found out; name ordinary captures with --ordinary"
        ]
        unread = [f"not read, {n:,} flows: {why}" for why, n in sorted(self.spoken.unread.items())]
        return (
            f"{said} the incident's; Sigma was asked of the tables",
            *few[ordinary >= _FEW :],
            *unread,
        )

    @property
    def written(self) -> tuple[Signature, ...]:
        """Those that stand in the folder."""
        return tuple(s for s in self.signatures if self.kept or not s.why_not)


def write_rules(
    workspace: Path,
    incident_id: str | None,
    folder: Path,
    *,
    ordinary: Sequence[Path] = (),
    keep: bool = False,
    clock: Clock,
) -> WrittenRules:
    """Make rules of the marks of an incident, try each, write those that are worth it.

    Args:
        workspace: of the case.
        incident_id: ``None`` for the most severe one of the latest run.
        folder: new, for the files.
        ordinary: captures in which nothing is the incident's.
        keep: write those too that miss the evidence or speak of ordinary traffic.
        clock: for the workspace.

    Raises:
        UsageError: NC-702 no such incident, NC-850 it has no marks, NC-701 the folder is in use.
        EvidenceError: NC-101 a capture cannot be read, NC-851 Suricata refuses something.
        WorkspaceError: when there is no workspace.
    """
    with looking(workspace, clock) as (opened, engine, _, _), closing(NewFolder(folder)) as out:
        case_id, incident = _incident(opened, incident_id)
        subject = str(incident["id"])
        own = add_own_flows(engine, _confirmed(opened, incident))
        marks = marks_of(engine)
        if not marks:
            raise UsageError(
                "NC-850",
                f"{subject} has no marks that a sensor could look for.",
                "its flows carry no names, programs or fingerprints that were read",
                "block its addresses: netcordon contain plan",
            )
        ledger = Ledger(known_numbers(opened.journal))
        with _readable(ordinary) as captures:
            try:
                signatures, spoken = _tried(
                    engine, marks, case_id, incident, ledger,
                    partial(write_packets, opened, engine), captures,
                )  # fmt: skip
            except RuntimeError as error:
                raise EvidenceError(
                    "NC-851",
                    "Suricata does not read the rules or a capture.",
                    str(error),
                    "name captures as pcap or pcapng; report a rule that it refuses",
                ) from error
        files = _written(out, signatures, keep)
        out.finish()
        out.keep()
    record = RulesRecord(
        subject=subject,
        location=str(folder.absolute()),
        files=files,
        ledger=[(key, *entry) for key, entry in sorted(ledger.entries.items())],
        verdicts=[
            {"language": s.language, "sid": s.sid, "rev": s.rev, "hits": s.hits,
             "others": s.others, "why_not": s.why_not}
            for s in signatures
        ],
    )  # fmt: skip
    return WrittenRules(
        incident_id=subject,
        title=str(incident["title"]),
        folder=folder,
        signatures=signatures,
        kept=keep,
        spoken=spoken,
        own_flows=own,
        files=files,
        not_recorded=noted(workspace, clock, lambda journal: record_rules(journal, record)),
    )


def _incident(opened: Workspace, incident_id: str | None) -> tuple[str, Mapping[str, Any]]:
    """The case and the document of an incident."""
    found = [
        (case.id, document)
        for case in opened.cases.cases()
        for run in case.runs[-1:]
        for document in opened.cases.incidents(run)
    ]
    if incident_id is not None:
        found = [each for each in found if each[1]["id"] == incident_id]
    if not found:
        raise UsageError(
            "NC-702",
            f"There is no incident {incident_id!r}." if incident_id else "There is no incident.",
            "the latest run of no case found it",
            "netcordon case show lists them",
        )
    return max(found, key=lambda each: Severity(each[1]["severity"]).rank)


def _confirmed(opened: Workspace, incident: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Channels of the incident without those that only findings ruled false or benign show."""
    refused = {
        id_ for id_, each in opened.triage.judgements().items() if each.ruling is not Ruling.TRUE
    }
    return [
        channel
        for channel in incident["channels"]
        if not channel["finding_ids"] or set(channel["finding_ids"]) - refused
    ]


def _tried(
    engine: Engine,
    marks: Sequence[Mark],
    case_id: str,
    incident: Mapping[str, Any],
    ledger: Ledger,
    packets: Callable[[str, Collection[str], Path], int],
    ordinary: Mapping[Path, str],
) -> tuple[tuple[Signature, ...], Spoken]:
    severity = Severity(incident["severity"])
    day = datetime.fromisoformat(str(incident["last_seen_time"]))
    rules = [sigma_rules(mark, case_id, severity, incident["techniques"], day) for mark in marks]
    told = [suricata_rule(mark, case_id, ledger) for mark in marks]
    text = "".join(f"{rule}\n" for _, _, rule in told)
    spoken = by_suricata(engine, text, packets, ordinary)
    out: list[Signature] = []
    for mark, (sid, rev, rule), of_sigma in zip(marks, told, rules, strict=True):
        elsewhere: Mapping[str, int] = spoken.elsewhere.get(sid, {})
        made = Signature(language="suricata", mark=mark, sid=sid, rev=rev, text=rule)
        other: Signature | None = None
        if of_sigma:
            add_hits(engine, of_sigma)
            expected = own_hits(engine)
            other = replace(made, language="sigma", text=as_yaml(of_sigma))
            # Captures besides have no tables; what Suricata says there is said of the mark.
            other = judged(engine, other, expected, elsewhere)
        else:
            expected = 0
        if spoken.why_not:
            out.append(replace(made, expected=expected, why_not=f"not tried: {spoken.why_not}"))
        else:
            add_spoken(engine, spoken.flows.get(sid, set()))
            out.append(judged(engine, made, expected, elsewhere))
        if other:
            out.append(other)
    return tuple(out), spoken


@contextmanager
def _readable(captures: Sequence[Path]) -> Iterator[Mapping[Path, str]]:
    """Captures as Suricata can read them, unpacked where they are packed -> as they were named."""
    with tempfile.TemporaryDirectory(prefix="netcordon-ordinary-") as made:
        out: dict[Path, str] = {}
        for number, capture in enumerate(captures):
            source = open_source(str(capture), limits=DecodeLimits())
            room = memoryview(bytearray(1 << 20))
            with closing(source), (Path(made) / f"{number}.pcap").open("wb") as file:
                while count := source.readinto(room):
                    file.write(room[:count])
            out[Path(made) / f"{number}.pcap"] = str(capture)
        yield out


def _written(out: NewFolder, signatures: Sequence[Signature], keep: bool) -> dict[str, str]:
    chosen = [each for each in signatures if keep or not each.why_not]
    files: dict[str, str] = {}
    rules = "".join(f"{each.text}\n" for each in chosen if each.language == "suricata")
    texts = {"netcordon.rules": rules} if rules else {}
    for each in chosen:
        if each.language == "sigma":
            texts[f"netcordon-{each.sid}.yml"] = each.text
    for name, text in sorted(texts.items()):
        part = out.part()
        part.write(text.encode())
        files[name] = part.keep_as(name)
    return files
