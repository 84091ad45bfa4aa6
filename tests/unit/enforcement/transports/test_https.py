"""OpenC2 over TLS: a real consumer on loopback, whose certificate and answers are checked."""

from __future__ import annotations

import pytest

from netcordon.enforcement.back import take_back
from netcordon.enforcement.order import Order, Work
from netcordon.enforcement.put import put_in_force
from netcordon.enforcement.transports.https import Https
from netcordon.errors import UsageError
from netcordon.model.actuator import Call, Site
from netcordon.model.enforced import ActionState
from netcordon.model.register import EnforcementPoint
from tests.unit.enforcement.transports.consumer import Consumer, certificate, consumer
from tests.unit.enforcement.world import CASE, World, outstanding
from tests.unit.plugins.actuators.orders import ACTUATORS

QUERY = '{"body": {"openc2": {"request": {"action": "query"}}}}'


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with consumer(tmp_path_factory.mktemp("tls")) as made:
        yield made


def reach(made: Consumer, **options: str) -> Https:
    point = EnforcementPoint(
        name="pf", actuator="openc2", transport=f"https://127.0.0.1:{made.port}/c2",
        options={"ca": str(made.ca), "profile": "pf", **options},
    )  # fmt: skip
    return Https(point)


@pytest.mark.parametrize(
    ("profile", "state"), [("pf", ActionState.ACTIVE), ("slpf", ActionState.ACCEPTED)]
)
def test_a_plan_is_in_force_at_a_consumer_and_taken_back(served, profile, state):
    """A consumer of slpf cannot be asked what it has: that it says yes is all that is known."""
    world = World()
    actuator = ACTUATORS["openc2"]
    point = EnforcementPoint(name="pf", actuator="openc2", options={"profile": profile})
    wanted = tuple(outstanding(n, "pf") for n in (1, 2))
    device = world.device("pf")
    work = Work(
        device=device, actuator=actuator, wanted=wanted,
        site=Site(point=point, boundaries=(), case_id=CASE),
    )  # fmt: skip
    world.doubles[device.key] = reach(served)  # type: ignore[assignment]
    found = world.run(put_in_force([work], Order(run="r1", window_s=60, confirmed=True)))
    assert not found.places[0].problem
    assert len(served.rules) == 2
    assert all(request["path"].startswith("/c2/") for request in served.requests)
    held = world.saved[device.key]
    assert {each.state for each in held.standing} == {state}
    back = world.run(take_back(held, actuator, held.standing, "r2", "enough"))
    assert not back.problem
    assert served.rules == {}


def test_whoever_is_not_vouched_for_is_told_nothing(served, tmp_path):
    stranger, _ = certificate(tmp_path, "127.0.0.1")
    before = len(served.requests)
    reply = reach(served, ca=str(stranger)).run(Call(sends=("POST", "/x", QUERY)))
    assert not reply.ok
    assert "certificate" in reply.error
    assert len(served.requests) == before


def test_a_certificate_for_another_host_is_not_trusted(tmp_path):
    with consumer(tmp_path, host="192.0.2.1") as other:
        reply = reach(other).run(Call(sends=("POST", "/x", QUERY)))
        assert "certificate" in reply.error
        assert other.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        "", "no", "[]", '{"body": {}}', "[" * 100_000,
        '{"body": {"openc2": {"response": {"status": 501, "status_text": "not implemented"}}}}',
        '{"body": {"openc2": {"response": {"status": "x"}}}}',
    ],
)  # fmt: skip
def test_an_answer_that_does_not_say_yes_is_no(served, answer):
    served.answers = answer or " "
    try:
        reply = reach(served).run(Call(sends=("POST", "/x", QUERY)))
    finally:
        served.answers = ""
    assert not reply.ok
    assert reply.error


def test_nobody_there_is_said(served):
    point = EnforcementPoint(name="pf", actuator="openc2", transport="https://127.0.0.1:1")
    assert not Https(point).run(Call(sends=("POST", "/x", QUERY))).ok


def test_a_token_comes_from_its_file_and_breaks_out_of_no_header(served, tmp_path):
    file = tmp_path / "token"
    file.write_text("abc.def\n")
    reach(served, token_file=str(file)).run(Call(sends=("POST", "/x", QUERY)))
    assert served.requests[-1]["Authorization"] == "Bearer abc.def"
    file.write_text("abc\r\nX-Other: 1")
    with pytest.raises(UsageError):
        reach(served, token_file=str(file))


def test_only_messages_are_sent(served):
    assert not reach(served).run(Call(argv=("true",))).ok
