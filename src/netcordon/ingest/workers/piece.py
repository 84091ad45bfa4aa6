"""A file that workers decode: its shares, what came of each, and what they come to together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from netcordon.evidence.shared_file import Shareable
from netcordon.ingest.decoded import Decoded
from netcordon.ingest.workers import wire
from netcordon.ingest.workers.joining import join_identities, join_results
from netcordon.tables.lake import LakeFile, Staging

_CHANGED = "NC-114"


@dataclass
class Piece:
    """A file on its way through the workers.

    Attributes:
        path: as it was named.
        shares: into how many parts its packets are divided.
        opened: the file, from its first share on until all are done.
        staging: where the rows go, for as long.
        answers: of the shares that are done.
        raw_bytes: read by each share so far, for progress.
        records: read so far.
        has_begun: whether somebody was told that it begins.
        called: what to call it in errors, where that is not its path.
    """

    path: str
    shares: int
    opened: Shareable | None = None
    staging: Staging | None = None
    answers: dict[int, wire.Message] = field(default_factory=dict)
    raw_bytes: dict[int, int] = field(default_factory=dict)
    records: int = 0
    has_begun: bool = False
    called: str = ""

    def advance(self, share: int, raw_bytes: int, records: int) -> int:
        """Note how far a share is; returns the raw bytes that all have read, on average."""
        self.raw_bytes[share] = raw_bytes
        self.records = max(self.records, records)
        return sum(self.raw_bytes.values()) // self.shares

    @property
    def label(self) -> str:
        """What it is called in errors."""
        return self.called or self.path

    @property
    def is_done(self) -> bool:
        """Whether every share has answered."""
        return len(self.answers) == self.shares

    @property
    def has_read_the_same(self) -> bool:
        """Whether all shares saw the same bytes; a file can change while it is read."""
        seals = [answer["intake"]["seal"]["sha256"] for answer in self.answers.values()]
        return len(set(seals)) == 1

    def join(self) -> Decoded:
        """What the shares come to.

        Raises:
            OSError: when rows cannot be read or written.
        """
        assert self.staging is not None
        assert self.opened is not None
        answers = [self.answers[index] for index in range(self.shares)]
        files = [LakeFile(*file) for answer in answers for file in answer["files"]]
        if self.shares > 1:
            files = join_identities(self.staging, files)
        self.staging.adopt(files)
        intake = wire.intake_from_json(answers[0]["intake"])
        warnings = [warning for warning in intake.warnings if warning.code != _CHANGED]
        changed = self.opened.changed(intake.seal.bytes)
        if changed is not None:
            warnings.append(changed)
        return Decoded(
            path=self.path,
            kind=str(answers[0]["kind"]),
            intake=replace(intake, warnings=tuple(warnings)),
            result=join_results([wire.result_from_json(answer["result"]) for answer in answers]),
            staging=self.staging,
        )

    def close(self) -> None:
        """Let go of the file; harmless when done twice."""
        if self.opened is not None:
            self.opened.file.close()
