"""Recorded intrusions are told as one incident each: who, in whose hand, in which order.

A file in ``stories/`` says what is known of one intrusion from the notes that came with its
recording. The program's answer must name exactly these parties in these roles, and nobody else;
tell these steps in this order (more may stand between them); and know these techniques.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from netcordon.model.severity import Severity

STORIES = sorted((Path(__file__).parent / "stories").glob("*.json"))
KEYS = {
    "about", "evidence", "severity", "title", "parties", "steps", "channels", "accounts",
    "techniques", "indicators", "home_nets",
}  # fmt: skip


@pytest.fixture(params=STORIES, ids=lambda path: path.stem)
def story(request: pytest.FixtureRequest) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(request.param.read_text())
    assert set(told) <= KEYS, "a key that nothing compares"
    return told


@pytest.fixture
def answer(
    story: dict[str, Any],
    corpus: Path,
    tmp_path: Path,
    investigate: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    """The answer to a directory with all captures of the intrusion."""
    folder = tmp_path / "captures"
    folder.mkdir()
    for number, name in enumerate(story["evidence"]):
        (folder / f"{number}-{Path(name).name}").symlink_to(corpus / name)
    if "home_nets" in story:
        (tmp_path / "case").mkdir()
        said = f"[organisation]\nhome_nets = {json.dumps(story['home_nets'])}\n"
        (tmp_path / "case" / "netcordon.toml").write_text(said)
    return investigate(folder)


def test_it_is_told_as_it_happened(story: dict[str, Any], answer: dict[str, Any]) -> None:
    assert len(answer["incidents"]) == 1, [i["title"] for i in answer["incidents"]]
    (incident,) = answer["incidents"]
    assert Severity(incident["severity"]).rank >= Severity(story["severity"]).rank
    for word in story["title"]:
        assert word in incident["title"]
    parties = {(p["role"], p["ip"]) for p in (*incident["actors"], *incident["victims"])}
    assert parties == {(role, ip) for role, ips in story["parties"].items() for ip in ips}
    steps = [(s["tactic"], s["actor_ip"], ip) for s in incident["story"] for ip in s["target_ips"]]
    assert is_within(map(tuple, story["steps"]), steps), steps
    ways = {(c["src"], c["dst"], c["port"], c["purpose"].split(";")[0])
            for c in incident["channels"]}  # fmt: skip
    assert {tuple(way) for way in story["channels"]} <= ways
    assert set(story["techniques"]) <= set(incident["techniques"])


def test_every_sentence_is_said_once(answer: dict[str, Any]) -> None:
    (incident,) = answer["incidents"]
    texts = [step["text"] for step in incident["story"]]
    assert len(texts) == len(set(texts))
    assert len(incident["actors"]) == len({p["ip"] for p in incident["actors"]})
    assert len(incident["victims"]) == len({p["ip"] for p in incident["victims"]})
    times = [step["time"] for step in incident["story"]]
    assert times == sorted(times)


def test_accounts_and_indicators(story: dict[str, Any], answer: dict[str, Any]) -> None:
    found = {account for finding in answer["findings"] for account in finding["accounts"]}
    assert set(story.get("accounts", ())) <= found
    values = {i["value"] for i in answer["indicators"]}
    assert set(story.get("indicators", ())) <= values
    ours = {p["ip"] for i in answer["incidents"] for p in i["victims"]}
    assert not ours & values, "a victim of ours is no indicator"


def is_within(wanted: Iterable[tuple[str, ...]], told: Iterable[tuple[str, ...]]) -> bool:
    """Whether all that is wanted is told in this order, whatever stands between."""
    rest = iter(told)
    return all(step in rest for step in wanted)


def test_order_is_compared() -> None:
    a, b = ("a", "1", "2"), ("b", "2", "3")
    assert is_within([a, b], [a, a, b])
    assert not is_within([b, a], [a, b])
