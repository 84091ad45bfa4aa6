"""What ``contain check`` says of devices that no plan could ever be put in force at."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from netcordon.casefile.workspace import CONFIG_NAME, open_workspace
from netcordon.errors import UsageError
from netcordon.interfaces.cli.contain import command as contain
from netcordon.model.register import Register, Zone
from netcordon.workflow.contain import only_ours
from tests.engines.force import now


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ('"nftables"\ntransport = "ssh://-oProxyCommand=id"', "device fw cannot be reached: the"),
        ('"nftables"\ntransport = "ssh://fw:99999"', "device fw cannot be reached: Port out of"),
        ('"nftables"\ntransport = "ssh://[::1"', "device fw cannot be reached: Invalid IPv6"),
        ('"openc2"\ntransport = "https:///x"', "device fw cannot be reached: the address is no"),
        ('"rehearsal_double"\ntransport = "double:/none"', "for drills: it stops nothing"),
        ('"nftablez"\ntransport = "local"', "actuator nftablez, which is none; known: aws_nacl"),
    ],
)
def test_devices_that_stop_nothing_are_named(tmp_path, device, said):
    open_workspace(tmp_path / "w", create=True, clock=now).close()
    declared = f'[[device]]\nname = "fw"\nowner = "Ida"\nactuator = {device}\n'
    (tmp_path / "w" / CONFIG_NAME).write_text(declared)
    found = CliRunner().invoke(contain, ["check", "-w", str(tmp_path / "w")], standalone_mode=False)
    assert found.return_value == 1
    assert said in found.output
    assert max(map(len, found.output.splitlines())) <= 100


def test_only_hosts_of_ours_can_be_isolated():
    office = Zone(name="office", networks=("192.0.2.0/28",))
    register = Register(home_nets=("10.0.0.0/8", "fd00::/8"), zones=(office,))
    only_ours(("10.1.2.3", "fd00::5", "192.0.2.9"), register)
    for stranger in ("203.0.113.9", "2001:db8::1", "192.0.2.77"):
        with pytest.raises(UsageError, match=f"NC-821 {stranger} is no host of ours"):
            only_ours((stranger,), register)
