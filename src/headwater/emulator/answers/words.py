"""How Athena says things: what a query is at, a page of its rows, a refusal."""

from __future__ import annotations

import json
from typing import Any

from moto.athena.models import Execution, WorkGroup

from headwater.emulator.answers.ask import Answer
from headwater.emulator.answers.held import Column

_PAGE = 1000


def described(query: Execution) -> dict[str, Any]:
    """What GetQueryExecution says."""
    told: dict[str, Any] = vars(query)
    status: dict[str, Any] = {"State": query.status, "SubmissionDateTime": query.start_time}
    took = 0
    if told["end_time"] is not None:
        status["CompletionDateTime"] = told["end_time"]
        took = int(1000 * (told["end_time"] - query.start_time))
    if told["reason"]:
        status["StateChangeReason"] = told["reason"]
        status["AthenaError"] = {
            "ErrorCategory": 2, "ErrorType": 1, "Retryable": False, "ErrorMessage": told["reason"],
        }  # fmt: skip
    return {
        "QueryExecutionId": query.id,
        "Query": query.query,
        "StatementType": "DML",
        "ResultConfiguration": query.config,
        "QueryExecutionContext": query.context or {},
        "Status": status,
        "Statistics": {
            "EngineExecutionTimeInMillis": took,
            "DataScannedInBytes": told["scanned_bytes"],
            "TotalExecutionTimeInMillis": took,
            "QueryQueueTimeInMillis": 0,
            "ServiceProcessingTimeInMillis": 0,
        },
        "WorkGroup": query.workgroup.name if query.workgroup else "primary",
        "EngineVersion": {"EffectiveEngineVersion": "Athena engine version 3"},
    }


def page_of_rows(answer: Answer, token: str | None, most: int | None) -> dict[str, Any]:
    """What GetQueryResults says: the names of the columns are the first row."""
    rows = (tuple(each.name for each in answer.columns), *answer.rows)
    begin, size = int(token or 0), int(most or _PAGE)
    page = rows[begin : begin + size]
    told: dict[str, Any] = {
        "UpdateCount": 0,
        "ResultSet": {
            "Rows": [{"Data": [_datum(value) for value in row]} for row in page],
            "ResultSetMetadata": {"ColumnInfo": [_info(each) for each in answer.columns]},
        },
    }
    return told | ({"NextToken": str(begin + size)} if begin + size < len(rows) else {})


def result_location(workgroup: WorkGroup, asked: dict[str, Any] | None) -> str | None:
    """Where results go: where the workgroup says if it insists, else where the caller says."""
    configured = workgroup.configuration
    own = (configured.get("ResultConfiguration") or {}).get("OutputLocation")
    if configured.get("EnforceWorkGroupConfiguration") and own:
        return str(own)
    return (asked or {}).get("OutputLocation") or own


def refused(message: str) -> tuple[str, dict[str, int]]:
    """What Athena answers to a call that it does not take."""
    return json.dumps({"__type": "InvalidRequestException", "Message": message}), {"status": 400}


def _datum(value: str | None) -> dict[str, str]:
    return {} if value is None else {"VarCharValue": value}


def _info(column: Column) -> dict[str, Any]:
    kind, _, digits = column.type.removesuffix(")").partition("(")
    precision, _, scale = digits.partition(",")
    return {
        "CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": column.name,
        "Label": column.name, "Type": kind,
        "Precision": int(precision or 0), "Scale": int(scale or 0),
        "Nullable": "UNKNOWN", "CaseSensitive": column.type == "varchar",
    }  # fmt: skip
