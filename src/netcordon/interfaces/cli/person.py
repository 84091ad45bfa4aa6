"""``netcordon person add|list|revoke``."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.key_options import new_passphrase, passphrase_of
from netcordon.interfaces.cli.options import Moment, json_option, now, workspace_option

_FILE = click.Path(path_type=Path)


@click.group(name="person")
def command() -> None:
    """Who may decide, with their keys: IT, business, CISO, validators from outside.

    A person is their key. What they sign (approvals, decisions) can be proven anywhere, also by
    hand: docs/approvals.md.
    """


@command.command(name="add")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, required=True,
    type=click.Choice(["it", "business", "ciso", "external"]), help="What they decide for; repeat.",
)  # fmt: skip
@click.option("--line", "lines", multiple=True, metavar="LINE",
              help="Business line they answer for; repeat.")  # fmt: skip
@click.option("--user", "os_users", multiple=True, metavar="ACCOUNT",
              help="Account they work under here, so that no author approves; repeat.")  # fmt: skip
@click.option("--contact", default="", help="How to reach them out of band: a telephone number.")
@click.option("--key", type=_FILE, metavar="FILE", help="A key they have already.")
@click.option("--key-out", type=_FILE, metavar="FILE",
              help="Where the new key goes [default: person-ID.pem here].")  # fmt: skip
@click.option("--no-passphrase", is_flag=True, help="Leave the new key unencrypted.")
@click.option("--vouched-by", type=_FILE, metavar="KEY",
              help="Key of somebody known who vouches for them.")  # fmt: skip
@workspace_option
@json_option
def add(
    name: str,
    roles: tuple[str, ...],
    lines: tuple[str, ...],
    os_users: tuple[str, ...],
    contact: str,
    key: Path | None,
    key_out: Path | None,
    no_passphrase: bool,
    vouched_by: Path | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Register NAME and make a key (Ed25519), which only they should have."""
    from netcordon.reporting.people_text import added_text, person_json
    from netcordon.workflow.people import Newcomer, add_person

    if key and (key_out or no_passphrase):
        raise click.UsageError("--key brings a key; --key-out and --no-passphrase are for new ones")
    done = add_person(
        workspace,
        Newcomer(
            name=name, roles=roles, lines=lines, os_users=os_users, contact=contact, key=key,
            key_out=key_out, vouched_by=vouched_by,
        ),
        ask=passphrase_of,
        new_passphrase=(lambda: b"") if no_passphrase else new_passphrase,
        clock=now,
    )  # fmt: skip
    path = str(done.key_path) if done.key_path else None
    sys.stdout.write(
        person_json(done.person, key_path=path)
        if as_json
        else added_text(done.person, key_path=path, width=_width())
    )


@command.command(name="list")
@workspace_option
@json_option
def list_(workspace: Path, as_json: bool) -> None:
    """Everybody, with roles, fingerprints, and on whose word."""
    from netcordon.reporting.people_text import people_json, people_text
    from netcordon.workflow.people import list_people

    known = list_people(workspace, clock=now)
    sys.stdout.write(
        people_json(known.all(), known.faults)
        if as_json
        else people_text(known.all(), known.faults, width=_width())
    )


@command.command(name="revoke")
@click.argument("person")
@click.option("--reason", default="", help="Why; needed.")
@click.option("--compromised", is_flag=True,
              help="Others may have had the key: void what it signed, too.")  # fmt: skip
@click.option("--since", type=Moment(), help="With --compromised: only what was signed since then.")
@workspace_option
@json_option
def revoke(
    person: str,
    reason: str,
    compromised: bool,
    since: datetime | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Believe the key of PERSON (id or name) no more.

    What was signed before stays valid, unless others may have had the key (--compromised).
    """
    from netcordon.reporting.people_text import people_text, person_json
    from netcordon.workflow.people import revoke_person

    if since and not compromised:
        raise click.UsageError("--since is for a key that was --compromised")
    done = revoke_person(workspace, person, reason, compromised=compromised, since=since, clock=now)
    sys.stdout.write(
        person_json(done, key_path=None) if as_json else people_text((done,), (), width=_width())
    )


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
