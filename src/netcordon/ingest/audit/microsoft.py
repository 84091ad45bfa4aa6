"""Names of directory operations that Entra ID and Microsoft 365 share."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.shaping import words

_CHANGES = {
    "account": ("add user", "invite external user", "add service principal"),
    "credential": (
        "reset user password", "reset password (by admin)", "add service principal credentials",
        "update application - certificates and secrets management",
        "set domain authentication", "set federation settings on domain", "add unverified domain",
        "user registered security info", "admin registered security info",
        "update application", "issue temporary access pass", "add registered owner to device",
    ),
    "role": (
        "add member to role", "add eligible member to role", "add owner to application",
        "add owner to service principal", "add app role assignment to service principal",
        "add-mailboxpermission", "add-recipientpermission", "add-mailboxfolderpermission",
        "new-managementroleassignment", "add-rolegroupmember", "add owner to group",
        "sitecollectionadminadded", "microsoft.authorization/roleassignments/write",
        "microsoft.authorization/elevateaccess/action",
    ),
    "consent": (
        "consent to application", "add oauth2permissiongrant", "add delegated permission grant",
        "add app role assignment grant to user",
    ),
    "mfa": (
        "disable strong authentication", "user deleted security info",
        "admin deleted security info", "delete conditional access policy",
        "update conditional access policy", "delete policy", "update policy",
    ),
    "forwarding": (
        "new-inboxrule", "set-inboxrule", "enable-inboxrule", "updateinboxrules",
        "new-transportrule", "set-transportrule",
    ),
    "logging": (
        "set-adminauditlogconfig", "set-mailboxauditbypassassociation",
        "microsoft.insights/diagnosticsettings/delete",
    ),
    "sharing": ("anonymouslinkcreated", "sharinginvitationcreated", "securelinkcreated"),
    "secret": (
        "microsoft.storage/storageaccounts/listkeys/action",
        "microsoft.keyvault/vaults/secrets/getsecret/action", "secretget",
    ),
}  # fmt: skip
CHANGES = {name: change for change, names in _CHANGES.items() for name in names}
"""Operation in lower case, without stop and long dash -> what it gives or weakens."""


def change(operations: pa.Array) -> pa.Array:
    """What each operation gives or weakens; NULL for all others."""
    plain = pc.utf8_trim(pc.utf8_lower(pc.replace_substring(operations, "–", "-")), " .")
    return words(plain, CHANGES, keep=False)
