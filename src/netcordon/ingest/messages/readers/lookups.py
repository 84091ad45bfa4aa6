"""Lookups of names that a firewall's filter tells of, as rows of ``dns_activity``."""

from __future__ import annotations

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import protocol

_MOST_ANSWERS = 32


def lookup(fields: dict[str, str], time: int | None, source: str, target: str) -> Event:
    """A question, or an answer where its addresses are named (FortiGate's DNS filter)."""

    def told(*names: str) -> str:
        return next((fields[n] for n in names if fields.get(n)), "")

    answers = [part.strip() for part in told("ipaddr").split(",") if part.strip()]
    subtype = told("eventtype", "subtype")
    return Event(
        "dns_activity",
        {
            "time": time,
            "src_ip": source,
            "src_port": port(told("srcport", "spt", "srcPort", "clt_sport")),
            "dst_ip": target,
            "dst_port": port(told("dstport", "dpt", "dstPort", "srv_dport")),
            "protocol": protocol(told("proto")),
            "service": "dns",
            "transaction_id": whole(told("xid")),
            "is_response": bool(answers) or "response" in subtype,
            "query": told("qname", "question", "dns_req").strip("[]").rstrip(".") or ".",
            "query_type": told("qtype", "query_type", "dns_reqtype"),
            "answers": answers[:_MOST_ANSWERS] or None,
            "answer_count": len(answers) if answers else None,
        },
    )
