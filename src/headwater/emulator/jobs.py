"""Glue jobs: the script is run, by this Python, with the PySpark that is installed here, if any.

The double lets a run succeed without looking at its script. On AWS a job fails with its
script, ends at its timeout, and writes to a log group.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow
from moto.glue import models
from moto.glue.models import FakeJob, FakeJobRun
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends

from headwater.emulator import shims
from headwater.emulator.agenda import Agenda
from headwater.emulator.environment import passed_on
from headwater.emulator.patch import Function, exchange

_GROUP = "/aws-glue/jobs/output"
_SPARK = "No module named 'pyspark'"
_MINUTE = 60
_DEFAULT_MINUTES = 2880
_LAST_CHARACTERS = 2000


class Jobs:
    """Runs of jobs, carried out."""

    def __init__(self, agenda: Agenda, url: str) -> None:
        """Take who does things, and where a script finds AWS."""
        self._agenda = agenda
        self._url = url
        self._running: set[int] = set()

    def close(self) -> None:
        """End every script, and what it has started."""
        for pid in list(self._running):
            os.killpg(pid, signal.SIGKILL)

    def begin(self, job: FakeJob, run: FakeJobRun) -> None:
        """Have the script run soon; until it has ended the run says RUNNING."""
        run._transitions = []  # noqa: SLF001 - the double would move on by itself
        run.status = "RUNNING"
        vars(run).update(completed_on=None, error=None)
        self._agenda.soon(lambda: self._carry_out(job, run))

    def _carry_out(self, job: FakeJob, run: FakeJobRun) -> None:
        state, said = "FAILED", "the script could not be run"
        try:
            state, said = self._run(job, run)
        except (OSError, KeyError, ServiceException) as error:
            said = f"the script could not be run: {error}"
        finally:
            vars(run).update(completed_on=utcnow(), error=said)
            run.status = state

    def _run(self, job: FakeJob, run: FakeJobRun) -> tuple[str, str]:
        command: Mapping[str, Any] = job.command  # type: ignore[assignment]
        with tempfile.TemporaryDirectory(prefix="headwater-job-") as folder:
            script = Path(folder) / "job.py"
            script.write_bytes(_object(job, str(command["ScriptLocation"])))
            log = Path(folder) / "log"
            ended = self._wait(job, run, script, log)
            said = log.read_text(encoding="utf-8", errors="replace")
        _keep_log(job, run, said)
        if ended is None:
            return "TIMEOUT", "the job took longer than its timeout"
        if not ended:
            return "SUCCEEDED", ""
        lacking = "pyspark is not installed, and the script needs it: " if _SPARK in said else ""
        return "FAILED", lacking + said[-_LAST_CHARACTERS:]

    def _wait(self, job: FakeJob, run: FakeJobRun, script: Path, log: Path) -> int | None:
        words = [f"--JOB_NAME={job.name}", f"--JOB_RUN_ID={run.job_run_id}"]
        words += [word for pair in (run.arguments or {}).items() for word in pair]
        with (
            log.open("wb") as kept,
            subprocess.Popen(  # noqa: S603 - this very Python, a user's own script
                [sys.executable, str(script), *words],
                cwd=script.parent,
                env=self._environment(job),
                stdin=subprocess.DEVNULL,
                stdout=kept,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Spark's Java ends with it
            ) as process,
        ):
            self._running.add(process.pid)
            try:
                return process.wait(int(run.timeout or _DEFAULT_MINUTES) * _MINUTE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return None
            finally:
                self._running.discard(process.pid)

    def _environment(self, job: FakeJob) -> dict[str, str]:
        backend = job.backend
        return {
            **passed_on(self._url, backend.account_id, backend.region_name),
            "PYTHONPATH": str(Path(shims.__file__).parent),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }


def install(jobs: Jobs) -> None:
    """Let runs of jobs be carried out, and say how they went."""

    def begin(old: Function) -> Function:
        def start_job_run(self: FakeJob, *args: Any, **named: Any) -> Any:
            name = old(self, *args, **named)
            jobs.begin(self, self.job_runs[-1])
            return name

        return start_job_run

    def tell(old: Function) -> Function:
        def as_dict(self: FakeJobRun) -> dict[str, Any]:
            told: dict[str, Any] = old(self)
            ended = self.completed_on or utcnow()
            told |= {"LogGroupName": _GROUP, "ExecutionTime": (ended - self.started_on).seconds}
            error = getattr(self, "error", None)
            if error:
                told["ErrorMessage"] = error
            return {name: value for name, value in told.items() if value is not None}

        return as_dict

    exchange(models.FakeJob, "start_job_run", begin)
    exchange(models.FakeJobRun, "as_dict", tell)


def _object(job: FakeJob, url: str) -> bytes:
    """The bytes of the object that a script's location names."""
    bucket, _, key = url.partition("://")[2].partition("/")
    backend = job.backend
    found = s3_backends[backend.account_id][backend.partition].get_object(bucket, key)
    if found is None:
        raise FileNotFoundError(f"{url} is not there")
    return bytes(found.value)


def _keep_log(job: FakeJob, run: FakeJobRun, said: str) -> None:
    logs = logs_backends[job.backend.account_id][job.backend.region_name]
    logs.ensure_log_group(_GROUP)
    logs.create_log_stream(_GROUP, run.job_run_id)
    now = int(utcnow().timestamp() * 1000)
    lines = [{"timestamp": now, "message": line} for line in said.splitlines() if line]
    if lines:
        logs.put_log_events(_GROUP, run.job_run_id, lines)
