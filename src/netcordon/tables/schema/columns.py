"""What tables are made of: columns, and the columns that many tables share."""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS = "address"
"""Shorthand type: expands to ``<name> VARCHAR``, ``<name>_hi UBIGINT``, ``<name>_lo UBIGINT``."""


FEW_VALUES = frozenset(
    (
        "protocol", "service", "conn_state", "history", "src_mac", "dst_mac", "ip_id_pattern_out",
        "ip_id_pattern_in", "tcp_options_out", "tcp_options_in", "rcode", "query_type",
        "tunnel_parent", "method", "version", "message_type", "exporter",
    )
)  # fmt: skip
"""Text columns of few distinct values, which stay dictionaries until they are written."""


@dataclass(frozen=True)
class Column:
    """A column: DuckDB type (or ``ADDRESS``) and what it means."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True)
class Table:
    """A table: its columns, the column that dates a row, and the order rows are kept in."""

    name: str
    doc: str
    time: str
    sort: tuple[str, ...]
    columns: tuple[Column, ...]

    def flat(self) -> tuple[Column, ...]:
        """The columns as stored, with ``ADDRESS`` expanded."""
        out: list[Column] = []
        for column in self.columns:
            if column.type == ADDRESS:
                out.append(Column(column.name, "VARCHAR", column.doc))
                out.append(
                    Column(f"{column.name}_hi", "UBIGINT", f"upper 64 bits of {column.name}")
                )
                out.append(
                    Column(f"{column.name}_lo", "UBIGINT", f"lower 64 bits of {column.name}")
                )
            else:
                out.append(column)
        return tuple(out)


def column(name: str, type_: str, doc: str) -> Column:
    """A column; short, for tables are long."""
    return Column(name, type_, doc)


def both(name: str, type_: str, doc: str) -> tuple[Column, Column]:
    """A measurement for each direction: initiator to responder, and back."""
    return (
        column(f"{name}_out", type_, f"{doc}, initiator to responder"),
        column(f"{name}_in", type_, f"{doc}, responder to initiator"),
    )


ENDS = (
    column("uid", "VARCHAR", "flow the row belongs to, `network_activity.uid`"),
    column("src_ip", ADDRESS, "initiator (client)"),
    column("src_port", "INTEGER", "port of the initiator"),
    column("dst_ip", ADDRESS, "responder (server)"),
    column("dst_port", "INTEGER", "port of the responder"),
)
"""Between whom: the flow a row belongs to and its ends."""
