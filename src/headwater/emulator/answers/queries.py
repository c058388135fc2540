"""Athena: queries are answered, by DuckDB, from the files of the Glue catalog's tables.

The double answers no query: each succeeds at once, without rows, and has scanned
nothing; a workgroup's result location and limit are not looked at.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from pathlib import Path
from typing import Any

from moto.athena import models, responses
from moto.athena.models import AthenaBackend, Execution
from moto.s3.models import s3_backends

from headwater.emulator.agenda import Agenda
from headwater.emulator.answers.ask import Answer, Room, read_question
from headwater.emulator.answers.held import Catalog
from headwater.emulator.answers.words import (
    described,
    page_of_rows,
    refused,
    result_location,
)
from headwater.emulator.patch import Function, exchange
from headwater.errors import HeadwaterError

_log = logging.getLogger(__name__)
_LIMIT = "BytesScannedCutoffPerQuery"


class Queries:
    """Queries that are being answered."""

    def __init__(self, agenda: Agenda) -> None:
        """Take who does things."""
        self._agenda = agenda

    def begin(self, backend: AthenaBackend, query: Execution) -> None:
        """Have a query answered soon."""
        query._transitions = []  # noqa: SLF001 - the double would move on by itself
        query.status = "QUEUED"
        vars(query).update(end_time=None, scanned_bytes=0, reason=None, answer=None)
        self._agenda.soon(lambda: self._carry_out(backend, query))

    def _carry_out(self, backend: AthenaBackend, query: Execution) -> None:
        state = "FAILED"
        reason: str | None = "GENERIC_INTERNAL_ERROR: the box could not answer it"
        try:
            query.status = "RUNNING"
            state, reason = self._answer(backend, query)
        except HeadwaterError as error:
            reason = error.message
        except Exception:  # noqa: BLE001 - the door: whoever asks is told
            _log.exception("a query could not be answered")
        finally:
            vars(query).update(end_time=time.time(), reason=reason)
            if query.status != "CANCELLED":
                query.status = state

    def _answer(self, backend: AthenaBackend, query: Execution) -> tuple[str, str | None]:
        context: Any = query.context or {}
        database = context.get("Database", "default")
        question = read_question(query.query, database, query.execution_parameters or ())
        with tempfile.TemporaryDirectory(prefix="headwater-athena-") as name:
            folder = Path(name)
            catalog = Catalog(backend.account_id, backend.region_name, folder)
            room = Room(question, catalog, folder)
            try:
                scanned = room.scanned_bytes()
                vars(query).update(scanned_bytes=scanned)
                limit = query.workgroup.configuration.get(_LIMIT) if query.workgroup else None
                if limit and scanned > limit:
                    return "CANCELLED", "Bytes scanned limit was exceeded"
                answer = room.answer()
            finally:
                room.close()
        vars(query).update(answer=answer)
        _write(backend, query, answer)
        return "SUCCEEDED", None


def install(queries: Queries) -> None:
    """Have queries answered, and their answers told."""

    def start(old: Function) -> Function:
        def start_query_execution(self: AthenaBackend, *args: Any, **named: Any) -> Any:
            name = old(self, *args, **named)
            queries.begin(self, self.executions[name])
            return name

        return start_query_execution

    exchange(models.AthenaBackend, "start_query_execution", start)
    exchange(responses.AthenaResponse, "start_query_execution", _with_location)
    exchange(responses.AthenaResponse, "get_query_execution", lambda _: _describe)
    exchange(responses.AthenaResponse, "get_query_results", lambda _: _tell_results)


def _with_location(_: Function) -> Function:
    """Take the result location and the workgroup that AWS would take, or refuse as it does."""

    def start_query_execution(self: Any) -> Any:
        name = self._get_param("WorkGroup") or "primary"
        workgroup = self.athena_backend.work_groups.get(name)
        if workgroup is None:
            return refused(f"WorkGroup {name} is not found.")
        location = result_location(workgroup, self._get_param("ResultConfiguration"))
        if location is None:
            return refused("No output location provided. An output location is required.")
        started = self.athena_backend.start_query_execution(
            query=self._get_param("QueryString"),
            context=self._get_param("QueryExecutionContext"),
            config={"OutputLocation": location},
            workgroup=name,
            execution_parameters=self._get_param("ExecutionParameters"),
        )
        return json.dumps({"QueryExecutionId": started})

    return start_query_execution


def _describe(self: Any) -> Any:
    query = self.athena_backend.executions.get(self._get_param("QueryExecutionId"))
    if query is None:
        return refused("QueryExecution was not found")
    return json.dumps({"QueryExecution": described(query)})


def _tell_results(self: Any) -> Any:
    query = self.athena_backend.executions.get(self._get_param("QueryExecutionId"))
    if query is None:
        return refused("QueryExecution was not found")
    if query.status != "SUCCEEDED":
        return refused(f"Query did not finish successfully. Final query state: {query.status}")
    return json.dumps(
        page_of_rows(query.answer, self._get_param("NextToken"), self._get_param("MaxResults"))
    )


def _write(backend: AthenaBackend, query: Execution, answer: Answer) -> None:
    """Write the answer where results go: every value quoted, nulls as nothing."""
    rows = (tuple(each.name for each in answer.columns), *answer.rows)
    text = "".join(",".join(map(_quoted, row)) + "\n" for row in rows)
    bucket, _, key = query.config["OutputLocation"].partition("://")[2].partition("/")
    s3_backends[backend.account_id]["aws"].put_object(bucket, key, text.encode())


def _quoted(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'
