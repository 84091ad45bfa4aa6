"""AWS CloudTrail: record contents as in its user guide ("CloudTrail record contents")."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.audit.event import Audit, Told
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.shaping import constant, where_told, words

_TEXT = pa.string()
_OBJECTS = (
    "userName", "roleName", "groupName", "policyArn", "policyName", "secretId", "bucketName",
    "instanceId", "functionName", "trailName", "name", "keyId", "snapshotId", "imageId",
    "dBSnapshotIdentifier", "groupId", "roleArn", "serialNumber", "detectorId", "vpcId",
)  # fmt: skip
_PATHS = (
    "eventTime eventName eventSource awsRegion sourceIPAddress userAgent errorCode errorMessage "
    "recipientAccountId userIdentity.type userIdentity.userName userIdentity.arn "
    "userIdentity.principalId userIdentity.accountId userIdentity.invokedBy "
    "userIdentity.sessionContext.attributes.mfaAuthenticated additionalEventData.MFAUsed "
    "responseElements.ConsoleLogin"
)

_CHANGES = {
    "account": "CreateUser CreateRole CreateInstanceProfile",
    "credential": "CreateAccessKey CreateLoginProfile UpdateLoginProfile UploadSSHPublicKey "
    "UploadSigningCertificate CreateServiceSpecificCredential SendSSHPublicKey "
    "SendSerialConsoleSSHPublicKey CreateTrustAnchor CreateSAMLProvider UpdateSAMLProvider "
    "CreateOpenIDConnectProvider CreateKeyPair ImportKeyPair GetFederationToken",
    "role": "AttachUserPolicy AttachRolePolicy AttachGroupPolicy PutUserPolicy PutRolePolicy "
    "PutGroupPolicy AddUserToGroup AddRoleToDBInstance AddRoleToDBCluster "
    "UpdateAssumeRolePolicy CreatePolicyVersion "
    "SetDefaultPolicyVersion AddRoleToInstanceProfile CreateAccessEntry AssociateAccessPolicy",
    "mfa": "DeactivateMFADevice DeleteVirtualMFADevice",
    "logging": "StopLogging DeleteTrail UpdateTrail PutEventSelectors DeleteFlowLogs "
    "DeleteDetector DeleteResolverQueryLogConfig DisassociateResolverQueryLogConfig "
    "LeaveOrganization DeleteLogGroup DeleteLogStream StopConfigurationRecorder "
    "DeleteConfigurationRecorder DeleteConfigRule DisableSecurityHub StopActivityStream "
    "DeleteModelInvocationLoggingConfiguration DisassociateFromMasterAccount "
    "DisableMacie DeleteAlarms DisableAlarmActions StopMonitoringMembers DeleteMembers",
    "sharing": "ModifyImageAttribute ModifySnapshotAttribute ModifyDBSnapshotAttribute "
    "ModifyDBClusterSnapshotAttribute PutBucketPolicy PutBucketAcl AddPermission20150331v2 "
    "AuthorizeSecurityGroupIngress",
    "secret": "GetSecretValue BatchGetSecretValue GetPasswordData",
    "deletion": "DeleteBucket DeleteObjects DeleteDBInstance DeleteDBCluster DeleteDBSnapshot "
    "DeleteDBClusterSnapshot DeleteSnapshot DeleteVolume DeregisterImage TerminateInstances "
    "ScheduleKeyDeletion DisableKey DeleteBackupVault DeleteRecoveryPoint DeleteFileSystem "
    "DeleteTable DeleteCluster DeleteRepository DeleteStack DeleteFunction20150331 DeleteSecret "
    "DeleteBucketReplication DeleteAccountPublicAccessBlock",
}
CHANGES = {name: change for change, names in _CHANGES.items() for name in names.split()}
"""Name of an event -> what it gives or weakens."""


def account(log: Columns) -> pa.Array:
    """Who called: the name, or role and session, or the service."""
    arn = log.text("userIdentity.arn")
    tail = pc.replace_substring_regex(
        arn, r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:user/|assumed-role/|federated-user/)?", ""
    )
    return pc.coalesce(
        where_told(log.text("userIdentity.userName")),
        where_told(tail),
        log.text("userIdentity.invokedBy", "userIdentity.principalId", "userIdentity.accountId"),
    )


def _object(log: Columns) -> pa.Array:
    return where_told(log.text(*(f"requestParameters.{name}" for name in _OBJECTS)))


def _tenant(log: Columns) -> pa.Array:
    return log.text("recipientAccountId", "userIdentity.accountId")


def _login(log: Columns) -> Told:
    said = words(
        log.lower("responseElements.ConsoleLogin"),
        {"success": "success", "failure": "failure"},
        keep=False,
    )
    return {
        "method": constant("console", len(log)),
        "service": log.text("eventSource"),
        "account": account(log),
        "domain": _tenant(log),
        "outcome": pc.coalesce(said, _outcome(log)),
        "status_detail": log.text("errorMessage", "errorCode"),
        "mfa": words(
            log.lower("additionalEventData.MFAUsed"), {"yes": "passed", "no": "none"}, keep=False
        ),
        "user_agent": log.text("userAgent"),
    }


def _outcome(log: Columns) -> pa.Array:
    failed = pc.or_(
        pc.is_valid(where_told(log.text("errorCode"))),
        pc.is_valid(where_told(log.text("errorMessage"))),
    )
    return pc.if_else(failed, "failure", "success")


def _call(log: Columns) -> Told:
    return {
        "service": log.text("eventSource"),
        "operation": log.text("eventName"),
        "account": account(log),
        "object": _object(log),
        "outcome": _outcome(log),
        "status_detail": log.text("errorCode", "errorMessage"),
        "user_agent": log.text("userAgent"),
        "change": words(log.text("eventName"), CHANGES, keep=False),
        "tenant": _tenant(log),
    }


CLOUDTRAIL = Audit(
    provider="aws",
    fields={
        **dict.fromkeys(_PATHS.split(), _TEXT),
        **{f"requestParameters.{name}": _TEXT for name in _OBJECTS},
    },
    time=("eventTime",),
    name=("eventName",),
    client=("sourceIPAddress",),
    is_login=lambda log: pc.equal(log.text("eventName"), "ConsoleLogin"),
    login=_login,
    call=_call,
)
"""How CloudTrail is read."""
