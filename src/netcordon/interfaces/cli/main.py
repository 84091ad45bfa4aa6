"""The program ``netcordon``: its commands, how errors are shown, and the exit status."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import traceback

import click

from netcordon import __version__
from netcordon.errors import NetcordonError
from netcordon.interfaces.cli.lazy import LazyGroup
from netcordon.startup import start_lean

EPILOG = """\b
Exit status
  0  nothing was found and everything could be read (verify: all proofs hold)
  1  incidents were found (hunt: something was seen; verify: something was changed)
  2  the command was used wrongly; nothing was done
  3  part of the evidence could not be read; what was found stands in the report
  4  netcordon failed; the message says what to try

\b
Examples
  netcordon investigate capture.pcapng
  netcordon investigate captures/ --home-net 10.0.0.0/8 --open
  zcat big.pcap.gz | netcordon investigate - --json > result.json
  netcordon case note "Spoke to the owner of PC-042" --on 10.20.1.142
  netcordon sql "SELECT dst_ip, sum(ip_bytes_out) FROM network_activity GROUP BY ALL"
"""

_COMMANDS = {
    "Evidence": {
        "investigate": "What happened, who is hit, what to do first.",
        "capture": "Record traffic: plan it, or do it here, sealed.",
        "evidence": "Seal, hand over, stamp: evidence that stands up.",
        "verify": "Prove that evidence, tables and journal are unchanged.",
        "carve": "Packets back out of evidence, as a new capture; or the files they carried.",
        "ingest": "Logs that no parser knows, by a mapping (CSV, JSON lines, key=value).",
        "map": "Mappings for such logs: propose one from a sample, check one.",
        "packets": "Header rows of single packets, decoded when you ask.",
    },
    "Ask": {
        "explain": "Why a finding says what it says, and what would change it.",
        "scope": "From one finding or incident to every host with the same shape.",
        "hunt": "Indicators of others against all evidence: who touched them, and when.",
        "sql": "Ask the tables a question (one SELECT, read only).",
    },
    "The case": {
        "case": "Open, list and show cases; notes, rulings, phases, closing.",
        "timeline": "Timelines for, and from, Timesketch and Plaso.",
        "allow": "What is allowed, by whom and until when: add, list, remove.",
    },
    "Keep": {
        "archive": "Logs kept long enough, provable, restorable, and still asked.",
    },
    "Contain and watch": {
        "contain": "Stop an incident: plan, rehearse, approve, enforce, verify, undo.",
        "logging": "Verbose logs: what to turn on, a receiver over TLS, a proof.",
        "decoy": "Marked documents: make copies, name the one that was found.",
    },
    "People": {
        "intake": "What people report: mails, abuse reports, a form; answers, due dates.",
        "person": "Who may decide, with their keys: add, list, revoke.",
        "crisis": "The crisis cell: declare, decide, situation reports, stand down.",
        "notice": "What affected people are told: draft, list, read.",
        "abuse": "Reports to providers, and the list for law enforcement.",
    },
    "The program": {
        "phases": "The six phases of IRM-5 and what exists of each line.",
        "plugins": "What can be read and found, and what did not load.",
    },
}


_MODULES = {"logging": "remote_logging"}
"""Where a module of the command's own name would hide one of Python's."""


@click.group(
    cls=LazyGroup,
    places={
        title: {n: (f"{_MODULES.get(n, n)}:command", about) for n, about in commands.items()}
        for title, commands in _COMMANDS.items()
    },
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="netcordon")
def cli() -> None:
    """The workbench for incidents of malicious network behaviour.

    Hand it captures; it says what happened, who is hit, and what to do first.
    """


def main() -> None:
    """Run the program and leave with the documented exit status."""
    start_lean()
    # A surrogate from an undecodable file name must not break output on any terminal.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        _fail(
            "NC-001",
            "Interrupted.",
            "",
            "Run the same command again; finished evidence is kept.",
            4,
        )
    except click.ClickException as error:
        if _wants_json():
            _fail("NC-002", error.format_message(), "", "netcordon --help", 2)
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        # The reader of our output went away; that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(4)
    except NetcordonError as error:
        _fail(error.code, error.what, error.why, error.hint, error.exit_code)
    except OSError as error:
        what = "The system refused: " + (error.strerror or str(error)) + "."
        where = str(error.filename) if error.filename else ""
        hint = "Free space or choose another place, and run again; what was finished is kept."
        _fail("NC-005", what, where, hint, 4)
    except MemoryError:
        _fail(
            "NC-003",
            "Out of memory.",
            "",
            "Close other programs or give the machine more memory.",
            4,
        )
    except Exception as error:  # noqa: BLE001 - a defect must never look like "incidents found"
        traceback.print_exc()
        what = "netcordon failed: " + type(error).__name__ + "."
        hint = "This is a defect: report it with the lines above. Finished evidence is kept."
        _fail("NC-006", what, str(error), hint, 4)
    sys.exit(status if isinstance(status, int) else 0)


def _fitted(head: str, text: str) -> str:
    """Broken at spaces to fit the terminal; whole lines where a program reads."""
    if not sys.stderr.isatty():
        return head + text
    width = min(100, max(40, shutil.get_terminal_size().columns))
    return textwrap.fill(
        text, width, initial_indent=head, subsequent_indent=" " * len(head),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _fail(code: str, what: str, why: str, hint: str, status: int) -> None:
    from netcordon.reporting.visible import visible

    if _wants_json():
        error = {"code": code, "what": what, "why": why, "try": hint}
        sys.stdout.write(json.dumps({"version": __version__, "error": error}) + "\n")
    for head, text in ((f"{code}  ", what), ("  why  ", why), ("  try  ", hint)):
        if text:
            sys.stderr.write(_fitted(head, visible(text)) + "\n")
    sys.exit(status)


def _wants_json() -> bool:
    return "--json" in sys.argv[1:]
