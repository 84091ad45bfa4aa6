"""Reach a detector the way the program does, and judge one made-up row."""

from __future__ import annotations

from netcordon.model.detector import Detector, Judgement
from netcordon.registry import load


def detector(name: str) -> Detector:
    """The detector with this id."""
    (content,) = [p.content for p in load("detectors")[0] if p.id == name]
    assert isinstance(content, Detector)
    return content


def judged(name: str, base: dict[str, object], **changes: object) -> Judgement | None:
    """What the detector makes of ``base`` with ``changes``."""
    return detector(name).judge({**base, **changes})
