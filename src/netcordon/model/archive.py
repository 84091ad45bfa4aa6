"""What an archive holds, how long it must, what pins it, and what proves that it can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

MANIFEST_FORMAT = 1
"""Of the catalogue's entries; an archive of a later one is left alone."""

DEFAULT_DAYS = 183
"""Over six months, as IRM-5 asks (preparation, "logs are kept")."""


class LogClass(StrEnum):
    """Kinds of logs that an organisation keeps for different times."""

    FLOWS = "flows"
    NAMES = "names"
    WEB = "web"
    LOGINS = "logins"
    SERVICES = "services"
    ALERTS = "alerts"
    DEVICES = "devices"
    ORIGINALS = "originals"


CLASS_OF: Mapping[str, LogClass] = {
    "network_activity": LogClass.FLOWS,
    "dns_activity": LogClass.NAMES,
    "dhcp_activity": LogClass.NAMES,
    "arp_activity": LogClass.NAMES,
    "host_identity": LogClass.NAMES,
    "http_activity": LogClass.WEB,
    "tls_activity": LogClass.WEB,
    "file_activity": LogClass.WEB,
    "certificate": LogClass.WEB,
    "authentication": LogClass.LOGINS,
    "api_activity": LogClass.LOGINS,
    "kerberos_activity": LogClass.LOGINS,
    "rdp_activity": LogClass.LOGINS,
    "ssh_activity": LogClass.LOGINS,
    "smb_activity": LogClass.SERVICES,
    "dcerpc_activity": LogClass.SERVICES,
    "application_activity": LogClass.SERVICES,
    "ot_activity": LogClass.SERVICES,
    "wifi_activity": LogClass.SERVICES,
    "detection_finding": LogClass.ALERTS,
    "device_health": LogClass.DEVICES,
    "timeline_event": LogClass.SERVICES,
}
"""Tables that are missing here say how the reading went; they stay as long as anything beside."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long logs are kept, as ``[retention]`` of ``netcordon.toml`` says.

    Attributes:
        days: of every class that is not named in ``classes``.
        classes: days by class.
        hot_days: days after which tables leave the workspace; ``put --move`` asks.
        drill_days: days after which a restore must have been drilled again.
    """

    days: int = DEFAULT_DAYS
    classes: Mapping[LogClass, int] = field(default_factory=dict)
    hot_days: int = 30
    drill_days: int = 30

    def of(self, log_class: LogClass) -> int:
        """Days for a class."""
        return self.classes.get(log_class, self.days)


@dataclass(frozen=True, kw_only=True)
class ArchivePlace:
    """Where the archive is, as ``[archive]`` of ``netcordon.toml`` says.

    Attributes:
        url: a directory, or ``s3://bucket/prefix``; empty when none is declared.
        endpoint: of an S3-compatible server other than Amazon's, with its scheme.
        region: of the bucket.
        sensors: pattern of file names -> sensor that wrote them.
        fetch_bytes: most bytes that one question may fetch from S3.
    """

    url: str = ""
    endpoint: str = ""
    region: str = ""
    sensors: Mapping[str, str] = field(default_factory=dict)
    fetch_bytes: int = 20_000_000_000


@dataclass(frozen=True, kw_only=True)
class KnownRow:
    """A row that is asked for again when a restore is drilled."""

    time: datetime
    src_ip: str
    dst_ip: str
    frame: int


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """One Parquet file in the archive.

    Attributes:
        table: whose rows.
        day: UTC day of the rows, as in the name of its folder.
        path: in the folder of its evidence in the lake.
        name: of the object in the archive.
        low: smallest value of the column the file is sorted by, as text; ``high`` the largest.
        filter_at: octet of the filter's first block; ``filter_blocks`` how many there are.
        facts: counts of rows that tell, or fail to tell, what hunts look for; none are left out.
        known: a row to ask for.
        expired_time: when it was deleted because its time was over.
    """

    table: str
    day: date
    path: str
    name: str
    bytes: int
    rows: int
    sha256: str
    first_time: datetime | None
    last_time: datetime | None
    low: str
    high: str
    filter_at: int
    filter_blocks: int
    facts: Mapping[str, int] = field(default_factory=dict)
    known: KnownRow | None = None
    expired_time: datetime | None = None

    @property
    def log_class(self) -> LogClass | None:
        """The class whose retention counts."""
        return CLASS_OF.get(self.table)


@dataclass(frozen=True, kw_only=True)
class HeldObject:
    """An object that is no table: an original, or the filters of a piece of evidence."""

    name: str
    bytes: int
    sha256: str
    expired_time: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One piece of evidence in the archive: an entry of the catalogue.

    Attributes:
        evidence_id: as the register has it.
        generation: counts the entries for this evidence; the highest holds.
        sensor: what recorded it.
        kind: of the evidence (``pcap``, ``zeek``, …).
        label: name of the original file (hostile text).
        sha256: of the original.
        bytes: of the original.
        family: of the log set it belongs to, if any.
        original: the original itself; ``None`` when only tables were put.
        filters: what the tables may hold.
        version: of the program that made the tables.
    """

    evidence_id: str
    generation: int
    sensor: str
    kind: str
    label: str
    sha256: str
    bytes: int
    records: int
    first_time: datetime | None
    last_time: datetime | None
    family: str
    archived_time: datetime
    version: str
    filters: HeldObject
    files: tuple[HeldFile, ...]
    original: HeldObject | None = None

    @property
    def held(self) -> tuple[HeldFile, ...]:
        """Files that were not deleted."""
        return tuple(file for file in self.files if file.expired_time is None)

    @property
    def days(self) -> frozenset[date]:
        """UTC days of which it holds rows that count."""
        return frozenset(file.day for file in self.held if file.log_class is not None)


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Evidence that must not be deleted, whatever its age.

    Attributes:
        id: ``hold-`` and a part of the hash of what it says.
        case_id: the case it is for.
        evidence_ids: held whatever their days.
        first_day: with ``last_day``, every segment with rows between them is held too.
        sensors: only of these sensors; empty means all.
        released_time: when it ended.
    """

    id: str
    case_id: str
    reason: str
    author: str
    time: datetime
    evidence_ids: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    sensors: tuple[str, ...] = ()
    released_time: datetime | None = None
    released_by: str = ""
    released_why: str = ""

    def pins(self, segment: Segment) -> bool:
        """Whether it forbids to delete anything of a segment."""
        if self.released_time is not None:
            return False
        if segment.evidence_id in self.evidence_ids:
            return True
        if self.first_day is None or self.last_day is None:
            return False
        if self.sensors and segment.sensor not in self.sensors:
            return False
        return any(self.first_day <= day <= self.last_day for day in segment.days)


@dataclass(frozen=True, kw_only=True)
class ArchiveLook:
    """What a question needed of an archive, beside all that is there.

    Attributes:
        segments: pieces of evidence in question.
        files: of tables; ``bytes`` their size, ``rows`` those that count.
        files_read: that had to be opened; ``bytes_read`` is their whole size, an upper bound of
            what was read of them.
        files_excluded: whose filters say that they cannot hold what was asked for.
        catalogue_bytes: read of entries and filters.
    """

    segments: int = 0
    files: int = 0
    bytes: int = 0
    rows: int = 0
    files_read: int = 0
    bytes_read: int = 0
    files_excluded: int = 0
    catalogue_bytes: int = 0
