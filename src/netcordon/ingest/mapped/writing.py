"""A proposed mapping as TOML, with a comment a column: how sure, and why."""

from __future__ import annotations

import json

from netcordon.ingest.mapped.proposal import Proposal, Proposed
from netcordon.model.log_mapping import LineFormat


def mapping_toml(proposal: Proposal, name: str, origin: str) -> str:
    """The text of the file, which a person checks and corrects.

    Args:
        proposal: what the sample suggests.
        name: of the mapping, a word.
        origin: of the sample, for the first line.
    """
    sample = proposal.sample
    lines = [
        f"# Proposed from {sample.lines:,} lines of {_remark(origin)}. Check every line, then:",
        "#   netcordon ingest --map THIS_FILE --dry-run LOG",
        f"name = {_text(name)}",
        f"format = {_text(sample.format.value)}",
        f"table = {_text(proposal.table)}",
    ]
    if sample.format is LineFormat.CSV:
        lines.append(f"delimiter = {_text(sample.delimiter)}")
        if sample.names:
            lines.append(f"names = [{', '.join(map(_text, sample.names))}]")
    if sample.comment:
        lines.append(f"comment = {_text(sample.comment)}")
    lines.append(f"time_format = {_text(proposal.time_format)}")
    lines += [f"# CHECK: {_remark(remark)}" for remark in proposal.remarks]
    lines.append('# zone = "Europe/Vienna"   # say it where times name none: else they are UTC')
    lines += ["", "[columns]"]
    for column in proposal.missing:
        lines.append(f'# MISSING: {column} = "..."   # without it there is no row')
    for one in proposal.columns:
        lines.append(f"# {one.confidence:.0%} sure: {_remark(one.why)}")
        lines.append(f"{one.column} = {_source(one)}")
    if proposal.unused:
        unused = ", ".join(_remark(each) for each in proposal.unused[:60])
        lines += ["", f"# not used: {unused}"]
    return "\n".join(lines) + "\n"


def _source(one: Proposed) -> str:
    source, parts = one.source, []
    if len(source.path) == 1 and "." in source.path[0]:
        parts.append(f"path = [{_text(source.path[0])}]")
    else:
        parts.append(f"field = {_text(source.name)}")
    if source.factor != 1.0:
        parts.append(f"factor = {source.factor:g}")
    if source.values:
        pairs = ", ".join(f"{_text(k)} = {_text(v)}" for k, v in source.values.items())
        parts.append(f"values = {{ {pairs} }}")
    plain = len(parts) == 1 and parts[0].startswith("field")
    return _text(source.name) if plain else f"{{ {', '.join(parts)} }}"


def _text(value: str) -> str:
    """A basic string; JSON's escapes are TOML's, but for DEL and half of a surrogate pair."""
    plain = value.encode("utf-8", "replace").decode().replace("\x7f", "\ufffd")
    return json.dumps(plain, ensure_ascii=False)


def _remark(value: str) -> str:
    """Text that cannot end a comment."""
    return "".join(c if c.isprintable() else "?" for c in value)[:200]
