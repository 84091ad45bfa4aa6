import re
from pathlib import Path

_ROOT = Path(__file__).parents[3]


def test_every_code_of_evidence_and_workspace_is_documented():
    documented = set(
        re.findall(r"^\| (NC-[15]\d\d) ", (_ROOT / "docs/errors.md").read_text(), re.M)
    )
    used: set[str] = set()
    for path in (_ROOT / "src/netcordon").rglob("*.py"):
        used |= set(re.findall(r'"(NC-[15]\d\d)"', path.read_text()))
    assert used == documented
