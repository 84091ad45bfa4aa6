"""The remediation process of a plan as a file: written, signed by a validator, checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from netcordon.casefile.canonical import Plain, canonical, plain
from netcordon.casefile.keys import fingerprint, public_pem
from netcordon.casefile.people import People, people
from netcordon.casefile.plans import plan_document
from netcordon.casefile.signed import sign
from netcordon.casefile.validations import record_validation, sign_off
from netcordon.casefile.workspace import Workspace, is_workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.model.approval import Signed
from netcordon.model.process import Process, ProcessCheck, SignedOff, Validator
from netcordon.model.statement import SignOff
from netcordon.planning.process import digest_of, parts_of, process_of
from netcordon.planning.reading import built, plan_of
from netcordon.reporting.process_markdown import process_markdown
from netcordon.workflow.json_file import read_object
from netcordon.workflow.key_file import Ask, open_key
from netcordon.workflow.new_file import new_text
from netcordon.workflow.plan_named import plan_named
from netcordon.workflow.typed import PERSON, REASON, said

Clock = Callable[[], datetime]

FORMAT = "netcordon remediation process 1"


def write_process(
    workspace: Path, plan_id: str | None, path: Path, *, clock: Clock
) -> tuple[Process, str]:
    """Write the process of a plan: Markdown when the name ends in ``.md``, else JSON.

    Returns:
        The process and its SHA-256.

    Raises:
        UsageError: NC-701 the file exists, NC-823 no such plan.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        process = process_of(plan_named(opened, plan_id))
    digest, as_markdown = digest_of(process), path.suffix.lower() == ".md"
    new_text(path, process_markdown(process, digest) if as_markdown else _text(process, ()))
    return process, digest


def _text(process: Process, signed: Sequence[SignedOff]) -> str:
    document: dict[str, Plain] = {
        "format": FORMAT,
        "process": plain(process),
        "sha256": digest_of(process),
        "sign_offs": [
            {
                "statement": each.signed.statement,
                "signature": each.signed.signature,
                "public_key": each.public_key,
            }
            for each in signed
        ],
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def sign_process(
    path: Path, out: Path, *, key_path: Path, name: str, note: str, ask: Ask, clock: Clock
) -> ProcessCheck:
    """Add a signature to a process file and write the whole to a new one; needs no workspace.

    Raises:
        UsageError: NC-701 the file exists, NC-801 no name, NC-831 the key, NC-837 it is no process
            file, or one that was changed.
    """
    name, note = said(name, "the name", PERSON), said(note, "the note", REASON) if note else ""
    document = read_object(path)
    found = _checked(document, None)
    if found.process is None or found.faults:
        raise UsageError(
            "NC-837",
            f"{str(path)!r} cannot be signed.",
            "; ".join(found.faults),
            "netcordon contain remedy PLAN -o FILE writes a process",
        )
    key = open_key(key_path, ask)
    process = found.process
    says = SignOff(
        name=name,
        fingerprint=fingerprint(key),
        plan_id=process.plan_id,
        plan_hash=process.plan_hash,
        case_id=process.case_id,
        process=digest_of(process),
        parts=tuple(f"{part}={digest}" for part, digest in parts_of(process).items()),
        time=clock(),
        note=note,
    )
    signed = SignedOff(signed=sign(says, key), public_key=public_pem(key))
    text = _text(process, (*_sign_offs(document), signed))
    new_text(out, text)
    return _checked(json.loads(text), None)


def check_process(path: Path, workspace: Path, *, record: bool, clock: Clock) -> ProcessCheck:
    """What a process file proves; with a workspace that knows the plan, whether it is its process.

    ``record`` puts valid sign-offs into the journal of the workspace.

    Raises:
        UsageError: NC-837 it cannot be read, or cannot be recorded.
    """
    document = read_object(path)
    if not is_workspace(workspace):
        if record:
            raise _not_recorded("there is no workspace", path)
        return _checked(document, None)
    with open_workspace(
        workspace, create=False, clock=clock, readonly=not record, beside=record
    ) as opened:
        found = _checked(document, opened)
        if record:
            if not found.is_valid or not found.compared or found.process is None:
                raise _not_recorded("it is not a signed process of a plan of this case", path)
            with opened.journal.alone():
                for each in _sign_offs(document):
                    record_validation(opened.journal, found.process.plan_id, each)
        return found


def _checked(document: Mapping[str, Any], opened: Workspace | None) -> ProcessCheck:
    try:
        process = built(Process, document["process"])
        given = _sign_offs(document)
        told = str(document["sha256"])
        if document["format"] != FORMAT or canonical(process) != canonical(document["process"]):
            return ProcessCheck(faults=("it is not what netcordon writes",))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return ProcessCheck(faults=(f"it is not what netcordon writes ({type(error).__name__})",))
    digest = digest_of(process)
    faults = [] if told == digest else ["the process was changed after it was written"]
    known, compared = None, False
    if opened is not None:
        known = people(opened.journal)
        recorded = plan_document(opened.journal, process.plan_id)
        compared = recorded is not None
        if recorded is not None:
            faults += _unlike(process, process_of(plan_of(recorded)))
    return ProcessCheck(
        faults=tuple(faults),
        process=process,
        sha256=digest,
        validators=tuple(_validator(each, process, known) for each in given),
        compared=compared,
    )


def _unlike(process: Process, own: Process) -> list[str]:
    changes = _changes(parts_of(own), parts_of(process), process)
    return [f"{change}, compared with {own.plan_id}" for change in changes]


def _sign_offs(document: Mapping[str, Any]) -> tuple[SignedOff, ...]:
    return tuple(
        SignedOff(
            signed=Signed(statement=str(each["statement"]), signature=str(each["signature"])),
            public_key=str(each["public_key"]),
        )
        for each in document["sign_offs"]
    )


def _validator(given: SignedOff, process: Process, known: People | None) -> Validator:
    says = sign_off(given)
    if says is None:
        mark = hashlib.sha256(given.public_key.encode("utf-8", "backslashreplace")).hexdigest()
        return Validator(
            name="somebody", fingerprint=mark, time=process.created_time, note="", known_as="",
            faults=("the signature does not hold",),
        )  # fmt: skip
    signed = dict(part.rsplit("=", 1) for part in says.parts if "=" in part)
    faults = [f"{each} after {says.name} signed" for each in
              _changes(signed, parts_of(process), process)]  # fmt: skip
    meant = (says.process, says.plan_id, says.plan_hash, says.case_id)
    here = (digest_of(process), process.plan_id, process.plan_hash, process.case_id)
    if meant != here and not faults:
        faults.append(f"{says.name} signed another process")
    person = known.with_key(says.fingerprint) if known else None
    if person and person.revoked:
        faults.append(f"the key of {person.name} was revoked: {person.revoked.reason}")
    if person and process.author in person.os_users:
        faults.append(f"{person.name} made the plan; an author does not validate")
    roles = ", ".join(role.label for role in person.roles) if person else ""
    return Validator(
        name=says.name,
        fingerprint=says.fingerprint,
        time=says.time,
        note=says.note,
        known_as=f"{person.name}, {roles}" if person else "",
        faults=tuple(faults),
    )


def _changes(before: Mapping[str, str], now: Mapping[str, str], process: Process) -> list[str]:
    titles = {f"step {step.number}": f" ({step.title})" for step in process.steps}
    changed = [
        f"{part}{titles.get(part, '')} was {'changed' if part in before else 'added'}"
        for part, digest in now.items()
        if before.get(part) != digest
    ]
    return changed + [f"{part} was taken out" for part in before if part not in now]


def _not_recorded(why: str, path: Path) -> UsageError:
    return UsageError(
        "NC-837",
        f"{str(path)!r} cannot be put on record.",
        why,
        "netcordon contain remedy --check FILE says what it is",
    )
