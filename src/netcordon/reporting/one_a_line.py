"""JSON that a person can page through and a large case does not wait for."""

from __future__ import annotations

import json
from collections.abc import Mapping


def one_a_line(document: Mapping[str, object]) -> str:
    """One object: a line for each member, and for each element of a member that is a list.

    Indenting everything would leave the compiled encoder for one written in Python, which takes
    ten times as long.

    Raises:
        ValueError: for a number that JSON cannot say.
    """
    members = ",\n".join(f" {_text(key)}: {_member(value)}" for key, value in document.items())
    return f"{{\n{members}\n}}\n" if members else "{}\n"


def _member(value: object) -> str:
    if not isinstance(value, list | tuple) or not value:
        return _text(value)
    elements = ",\n  ".join(map(_text, value))
    return f"[\n  {elements}\n ]"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)
