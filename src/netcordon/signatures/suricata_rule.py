"""A mark as a rule of Suricata 7."""

from __future__ import annotations

from collections.abc import Iterator

from netcordon.model.signature import How, Mark, Trait
from netcordon.signatures.fields import SOURCES
from netcordon.signatures.quoting import LONGEST, content, in_words
from netcordon.signatures.sids import Ledger


def suricata_rule(mark: Mark, case_id: str, ledger: Ledger) -> tuple[int, int, str]:
    """Number, revision and text of the rule.

    Args:
        mark: any that ``marks`` makes.
        case_id: canonical; it stands in the rule's metadata.
        ledger: gives the number.
    """
    head, options = _head(mark), " ".join(_options(mark))
    message = f"netcordon {case_id} {in_words(mark.title, 120)}"
    told = f'(msg:"{message}"; {options} metadata:netcordon_case {case_id};'
    sid, rev = ledger.number(mark, f"alert {head} {told}")
    return sid, rev, f"alert {head} {told} sid:{sid}; rev:{rev};)"


def _head(mark: Mark) -> str:
    value = {trait.column: trait.value for trait in mark.traits}
    protocol = SOURCES[mark.table].protocol
    if value.get("ja4", "").startswith("q"):
        protocol = "quic"
    return f"{protocol} any any -> {value.get('dst_ip', 'any')} {value.get('dst_port', 'any')}"


def _options(mark: Mark) -> Iterator[str]:
    if mark.pace:
        yield "flow:to_server; flags:S,CE;"
        pace = mark.pace
        yield (f"threshold:type both, track by_src, count {pace.count}, seconds {pace.seconds};")
        return
    values = {trait.column: trait.value for trait in mark.traits}
    if "interface_uuid" in values:
        yield f"dcerpc.iface:{values['interface_uuid']}; dcerpc.opnum:{values['operation_number']};"
        return
    if mark.table == "smb_activity":
        # `smb.named_pipe` knows tree connects only; a pipe is opened by a create, in UTF-16.
        yield f'flow:to_server; content:"{content(values["path"], "utf-16-le")}"; nocase;'
        return
    is_quic = _head(mark).startswith("quic")
    buffers: dict[str, list[Trait]] = {}
    for trait in mark.traits:
        if buffer := SOURCES[mark.table].fields[trait.column].buffer:
            buffers.setdefault(
                buffer.replace("tls.sni", "quic.sni") if is_quic else buffer, []
            ).append(trait)
    for buffer, traits in buffers.items():
        is_name = SOURCES[mark.table].fields[traits[0].column].is_name
        # Suricata lowers host names itself, and refuses to be asked to.
        case = " nocase;" if is_name and buffer != "http.host" else ""
        dots = "dotprefix; " if any(trait.how is How.UNDER for trait in traits) else ""
        yield f"{buffer}; {dots}{' '.join(_match(trait, case) for trait in traits)}"


def _match(trait: Trait, case: str) -> str:
    if trait.how is How.SHAPE:
        # With `dotprefix` the buffer begins with a dot.
        shape = (
            trait.value.replace("^", "^\\x2e?", 1) if trait.value.startswith("^") else trait.value
        )
        return f'pcre:"/{shape.replace("/", chr(92) + "/")}/{"i" if case else ""}";'
    if trait.how is How.UNDER:
        return f'content:".{content(trait.value)}";{case} endswith;'
    is_whole = trait.how is How.IS and len(trait.value.encode("utf-8", "replace")) <= LONGEST
    ends = {How.CONTAINS: ""}.get(trait.how, " startswith;" + (" endswith;" if is_whole else ""))
    return f'content:"{content(trait.value)}";{case}{ends}'
