"""``netcordon.toml``: what the organisation tells netcordon about itself."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from netcordon.casefile import (
    declared,
    declared_deciding,
    declared_intake,
    declared_logs,
    declared_network,
    declared_retention,
)
from netcordon.casefile.entries import EVERYTHING, WrongKeyError
from netcordon.errors import WorkspaceError
from netcordon.model.archive import ArchivePlace, Retention
from netcordon.model.business import Business
from netcordon.model.handling import TLP
from netcordon.model.intake import IntakeRules
from netcordon.model.log_rule import LogRule
from netcordon.model.register import Register

CONFIG_NAME = "netcordon.toml"

TEMPLATE = (
    """\
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

[decoy]
# A domain of yours whose names nobody uses; marked documents hold names and addresses under it.
# domain = "files.example.com"
"""
    + declared.TEMPLATE
    + declared_network.TEMPLATE
    + declared_deciding.TEMPLATE
    + declared_intake.TEMPLATE
    + declared_retention.TEMPLATE
    + declared_logs.TEMPLATE
)


@dataclass(frozen=True, kw_only=True)
class WorkspaceConfig:
    """The settings of a workspace; ``None`` or empty means the file does not say.

    Attributes:
        name: of the organisation.
        home_nets: its networks in canonical CIDR notation.
        tlp: marking of reports.
        decoy_domain: what the names in marked documents end in.
        business: what assets are worth and which flows are vital.
        register: the network as containment must know it, with all of the above.
        intake: how reports of people are treated.
        retention: how long logs are kept.
        archive: where.
        logs: how times of devices' logs are read.
    """

    name: str | None = None
    home_nets: tuple[str, ...] = ()
    tlp: TLP | None = None
    decoy_domain: str = ""
    business: Business = field(default_factory=Business)
    register: Register = field(default_factory=Register)
    intake: IntakeRules = field(default_factory=IntakeRules)
    retention: Retention = field(default_factory=Retention)
    archive: ArchivePlace = field(default_factory=ArchivePlace)
    logs: tuple[LogRule, ...] = ()


_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+\Z")
_LONGEST_DOMAIN = 200
"""Labels are put in front of it, and a name has 253 characters at most (RFC 1035)."""
_KEYS = {
    "organisation": {"name", "home_nets"},
    "report": {"tlp"},
    "decoy": {"domain"},
    "approvals": set(declared_deciding.APPROVAL_KEYS),
    "crisis": set(declared_deciding.KEYS),
    "intake": set(declared_intake.KEYS),
    "retention": set(declared_retention.RETENTION_KEYS),
    "archive": set(declared_retention.ARCHIVE_KEYS),
}
_LISTS = ("asset", "vital_flow", declared_logs.SECTION, *declared_network.SECTIONS)


def read_config(path: Path) -> WorkspaceConfig:
    """Read and check the file.

    Raises:
        WorkspaceError: NC-506 with the line or the key that is wrong.
        OSError: when it cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")  # some editors of Windows begin with a mark
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, str(error)) from error
    except RecursionError as error:
        raise _wrong(path, "it is nested too deeply") from error
    except ValueError as error:
        raise _wrong(path, "a number in it has thousands of digits") from error
    for section, content in values.items():
        if section in _LISTS:
            continue
        if section not in _KEYS or not isinstance(content, dict):
            known = ", ".join([*_KEYS, *_LISTS])
            raise _wrong(path, f"unknown section {section!r}; known: {known}")
        for key in content:
            if key not in _KEYS[section]:
                known = ", ".join(sorted(_KEYS[section]))
                raise _wrong(path, f"unknown key {section}.{key}; known: {known}")
    organisation, report = values.get("organisation", {}), values.get("report", {})
    name = organisation.get("name")
    if name is not None and not isinstance(name, str):
        raise _wrong(path, "organisation.name is not a text")
    try:
        business = declared.read_business(values)
        home_nets = _networks(path, organisation)
        intake = declared_intake.read_intake(values)
        register = declared_network.read_register(values, home_nets, business)
        register = replace(
            register,
            crisis=declared_deciding.read_crisis(values),
            vouched_only=declared_deciding.read_vouched_only(values),
        )
        retention = declared_retention.read_retention(values)
        archive = declared_retention.read_archive(values, path.parent)
        logs = declared_logs.read_logs(values)
    except WrongKeyError as error:
        raise _wrong(path, f"line {_line_of(text, error)}: {error}") from error
    return WorkspaceConfig(
        name=name,
        home_nets=home_nets,
        tlp=_tlp(path, report),
        decoy_domain=_domain(path, values.get("decoy", {}).get("domain", "")),
        business=business,
        register=register,
        intake=intake,
        retention=retention,
        archive=archive,
        logs=logs,
    )


def _line_of(text: str, error: WrongKeyError) -> int:
    """Line of an entry's key, or of its heading, counted from 1."""
    heading = re.compile(rf"\s*\[\[?\s*{error.section}\s*\]")
    key = re.compile(rf"\s*[\"']?{re.escape(error.key)}[\"']?\s*=")
    seen, at = 0, 1
    for number, line in enumerate(text.splitlines(), 1):
        if heading.match(line):
            seen, at = seen + 1, number if seen < error.number else at
        elif seen == error.number and error.key and key.match(line):
            return number
    return at


def _networks(path: Path, organisation: Mapping[str, object]) -> tuple[str, ...]:
    values = organisation.get("home_nets", [])
    if not isinstance(values, list):
        raise _wrong(path, "organisation.home_nets is not a list")
    out: list[str] = []
    for value in values:
        if value in EVERYTHING:
            raise _wrong(path, f"organisation.home_nets: {value} is every address there is")
        try:
            out.append(str(ipaddress.ip_network(value if isinstance(value, str) else "")))
        except ValueError as error:
            raise _wrong(
                path, f"organisation.home_nets: {value!r} is no network: {error}"
            ) from error
    return tuple(out)


def _domain(path: Path, value: object) -> str:
    name = str(value).rstrip(".").lower()
    if name and (not _DOMAIN.match(name) or len(name) > _LONGEST_DOMAIN):
        raise _wrong(path, f"decoy.domain: {value!r} is no domain such as files.example.com")
    return name


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
