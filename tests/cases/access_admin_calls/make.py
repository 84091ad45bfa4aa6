"""Makes the evidence of these cases.

`python -m tests.cases.access_admin_calls.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

HOME, STRANGER = "198.51.100.20", "203.0.113.66"
DAY = 86400.0


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    usual = [call(600.0 * n, HOME, "DescribeInstances") for n in range(24)]
    refused = [
        call(20000.0 + n, STRANGER, name, outcome="failure")
        for n, name in enumerate(("ListUsers", "ListRoles", "GetPolicy", "ListBuckets", "ListKeys"))
    ]
    stolen = [
        call(20100.0, STRANGER, "CreateUser", "account", "helper"),
        call(20110.0, STRANGER, "AttachUserPolicy", "role", "helper"),
        call(20120.0, STRANGER, "CreateAccessKey", "credential", "helper"),
        call(20180.0, STRANGER, "StopLogging", "logging", "trail"),
    ]
    write(root / "stolen_keys", "api_activity", [*usual, *refused, *stolen])
    write(
        root / "everybody_may_call",
        "api_activity",
        [
            call(0.0, STRANGER, "list secrets", "secret", "prod/db", account="system:anonymous"),
            call(9.0, STRANGER, "create clusterrolebindings", "role", "x",
                 account="system:anonymous"),
        ],
    )  # fmt: skip
    joiner = [
        call(20100.0, HOME, "CreateUser", "account", "newcomer"),
        call(20110.0, HOME, "AddUserToGroup", "role", "newcomer"),
        call(20120.0, HOME, "CreateLoginProfile", "credential", "newcomer"),
    ]
    write(root / "a_newcomer_is_set_up", "api_activity", [*usual, *joiner])
    write(
        root / "refused_and_reading",
        "api_activity",
        [
            *usual,
            call(20100.0, HOME, "StopLogging", "logging", "trail", outcome="failure"),
            call(20200.0, HOME, "GetSecretValue", "secret", "db"),
            call(20300.0, HOME, "AttachRolePolicy", "role", "builder", account="builder"),
        ],
    )
    deploys = [
        call(DAY * day + n * 60, HOME, name, change, f"app{n}", account="service-deploy")
        for day in range(6)
        for n, (name, change) in enumerate(
            (
                ("CreateRole", "account"),
                ("PutRolePolicy", "role"),
                ("CreateAccessKey", "credential"),
            )
        )
    ]
    write(root / "a_program_deploys", "api_activity", deploys)


def call(
    t: float, source: str, operation: str, change: str | None = None, named: str | None = None,
    *, account: str = "carla", outcome: str = "success",
) -> dict[str, object]:  # fmt: skip
    """One call of a cloud's administration."""
    return {
        "time": t, "src_ip": source, "provider": "aws", "service": "iam", "operation": operation,
        "account": account, "object": named, "outcome": outcome, "change": change,
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
