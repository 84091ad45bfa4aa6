"""``netcordon.toml``: what the organisation tells netcordon about itself."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netcordon.errors import WorkspaceError
from netcordon.model.handling import TLP

CONFIG_NAME = "netcordon.toml"

TEMPLATE = """\
# What netcordon should know about the organisation. Everything may be left out.

[organisation]
# Shown on reports.
# name = "Example Ltd"

# Networks that belong to the organisation, in CIDR notation.
# Left out, they are inferred from the traffic.
# home_nets = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"]

[report]
# Traffic Light Protocol 2.0 marking of reports: red, amber+strict, amber, green or clear.
# tlp = "amber"
"""


@dataclass(frozen=True, kw_only=True)
class WorkspaceConfig:
    """The settings of a workspace; ``None`` or empty means the file does not say.

    Attributes:
        name: of the organisation.
        home_nets: its networks in canonical CIDR notation.
        tlp: marking of reports.
    """

    name: str | None = None
    home_nets: tuple[str, ...] = ()
    tlp: TLP | None = None


_KEYS = {"organisation": {"name", "home_nets"}, "report": {"tlp"}}


def read_config(path: Path) -> WorkspaceConfig:
    """Read and check the file.

    Raises:
        WorkspaceError: NC-506 with the line or the key that is wrong.
        OSError: when it cannot be read.
    """
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, str(error)) from error
    for section, content in values.items():
        if section not in _KEYS or not isinstance(content, dict):
            raise _wrong(path, f"unknown section {section!r}; known: {', '.join(_KEYS)}")
        for key in content:
            if key not in _KEYS[section]:
                known = ", ".join(sorted(_KEYS[section]))
                raise _wrong(path, f"unknown key {section}.{key}; known: {known}")
    organisation, report = values.get("organisation", {}), values.get("report", {})
    name = organisation.get("name")
    if name is not None and not isinstance(name, str):
        raise _wrong(path, "organisation.name is not a text")
    return WorkspaceConfig(
        name=name, home_nets=_networks(path, organisation), tlp=_tlp(path, report)
    )


def _networks(path: Path, organisation: Mapping[str, object]) -> tuple[str, ...]:
    values = organisation.get("home_nets", [])
    if not isinstance(values, list):
        raise _wrong(path, "organisation.home_nets is not a list")
    out: list[str] = []
    for value in values:
        try:
            out.append(str(ipaddress.ip_network(value if isinstance(value, str) else "")))
        except ValueError as error:
            raise _wrong(
                path, f"organisation.home_nets: {value!r} is no network: {error}"
            ) from error
    return tuple(out)


def _tlp(path: Path, report: Mapping[str, object]) -> TLP | None:
    value = report.get("tlp")
    if value is None:
        return None
    for tlp in TLP:
        if str(value).lower().removeprefix("tlp:") == tlp.value.lower().removeprefix("tlp:"):
            return tlp
    raise _wrong(path, f"report.tlp: {value!r} is none of {', '.join(t.value for t in TLP)}")


def _wrong(path: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        "NC-506",
        f"The settings in {str(path)!r} cannot be used.",
        why,
        "correct the file; nothing was done",
    )
