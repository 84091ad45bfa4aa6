"""Snowflake: the view LOGIN_HISTORY of its account usage, and of its information schema."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, either, fixed, has, word
from netcordon.ingest.records.record import Record


def _second(record: Record) -> Value:
    if record.has("SECOND_AUTHENTICATION_FACTOR"):
        return "passed" if record.lower("IS_SUCCESS") in ("yes", "true") else None
    refused = record.lower("ERROR_MESSAGE")
    if "mfa" in refused or "duo" in refused:
        return "denied" if "denied" in refused else "failed"
    is_password = record.lower("FIRST_AUTHENTICATION_FACTOR") == "password"
    return "none" if is_password and record.lower("IS_SUCCESS") in ("yes", "true") else None


PRODUCTS = (
    Product(
        name="snowflake",
        marks=has("EVENT_TIMESTAMP", "IS_SUCCESS", "USER_NAME"),
        shapes=(
            Shape(
                table="authentication",
                columns={
                    "time": "EVENT_TIMESTAMP",
                    "src_ip": "CLIENT_IP",
                    "provider": fixed("snowflake"),
                    "method": "FIRST_AUTHENTICATION_FACTOR",
                    "service": either("CONNECTION", "EVENT_TYPE"),
                    "account": "USER_NAME",
                    "outcome": word(
                        "IS_SUCCESS",
                        {"yes": "success", "no": "failure", "true": "success", "false": "failure"},
                    ),
                    "status_detail": "ERROR_MESSAGE ERROR_CODE",
                    "mfa": _second,
                    "user_agent": "REPORTED_CLIENT_TYPE",
                },
            ),
        ),
    ),
)
"""A login to Snowflake."""
