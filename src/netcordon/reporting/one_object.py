"""One result as the one JSON object that ``--json`` prints."""

from __future__ import annotations

import json

import netcordon
from netcordon.casefile.canonical import plain


def one_object(name: str, result: object) -> str:
    """``version`` and the result under its name; keys are those of the model."""
    shown = {"version": netcordon.__version__, name: plain(result)}
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
