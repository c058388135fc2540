"""The zip of functions fits, holds what they import, and nothing that they do not."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import headwater
from headwater.deploy.package import UNPACKED_LIMIT_BYTES, build

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("package")]

FUNCTIONS = ("arrivals", "convert", "commit", "fail")


def alone(folder, code, **environment):
    """Run code that finds nothing but Python's own modules and those of the folder."""
    begin = f"import sys\nsys.path.insert(0, {str(folder)!r})\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", begin + textwrap.dedent(code)],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_fits_into_a_function(package, record_property):
    record_property("unpacked_bytes", package.unpacked_bytes)
    print(f"{package.size_bytes:,} bytes, {package.unpacked_bytes:,} unpacked")  # noqa: T201 - it says how large

    assert package.unpacked_bytes < UNPACKED_LIMIT_BYTES


def test_a_lake_is_worked_with_nothing_but_what_is_in_it(unpacked, tmp_path):
    said = alone(
        unpacked,
        f"""
        import os
        from importlib import import_module
        from pathlib import Path
        lake = Path({str(tmp_path / "lake")!r})
        lake.mkdir()
        feeds = "feeds: {{sales: {{match: sales/**, batch: {{files: 1}}}}}}\\n"
        (lake / "headwater.yaml").write_text("lake: ./data\\n" + feeds)
        (lake / "a.csv").write_text("id,at\\n1,2026-01-01T00:00:00Z\\n2,2026-01-02T00:00:00Z\\n")
        os.environ["HEADWATER_LAKE"] = str(lake)
        from headwater.wiring.visit import open_from
        if __name__ == "__main__":
            with open_from(str(lake)) as opened:
                opened.land("sales", lake / "a.csv")
                [due] = opened.dispatch()
                print(opened.convert(due.manifest).state)
                print(opened.query("select id, \\"at\\" from sales").rows())
            for name in {FUNCTIONS}:
                import_module(f"headwater.lambdas.{{name}}").handle
            from headwater.wiring.visit import executions_of
            executions_of("arn:aws:states:eu-central-1:1:stateMachine:m")
            import headwater.adapters.aws.bucket, headwater.adapters.aws.queue
            for service in ("s3", "sqs", "dynamodb", "stepfunctions", "sts"):
                import boto3
                boto3.client(service, region_name="eu-central-1")
        """,
        TMPDIR=str(tmp_path),
        AWS_DEFAULT_REGION="eu-central-1",
    )

    assert said.startswith("committed\n[(1, ")


def test_what_only_people_see_stays_out(package):
    names = {part.name for part in package.parts}

    assert names.isdisjoint({"click", "rich", "moto", "pyarrow", "pytest"})
    assert {"duckdb", "deltalake", "pytz", "fsspec", "boto3"} <= names


def test_each_service_that_a_function_may_call_is_described_in_it(unpacked):
    rooms = Path(headwater.__file__).parent
    asked_from_elsewhere = {"athena.py", "standing.py", "seed.py"}  # people, deploy, the box
    called = {
        service
        for room in ("adapters/aws", "wiring")
        for file in (rooms / room).rglob("*.py")
        if file.name not in asked_from_elsewhere
        for service in re.findall(r'client\("(\w+)"', file.read_text(encoding="utf-8"))
    }

    there = {each.name for each in (unpacked / "botocore" / "data").iterdir() if each.is_dir()}

    assert {"glue", "sns", "cloudwatch"} <= called
    assert called <= there


def test_a_second_build_finds_the_first(package):
    written = package.path.stat().st_mtime_ns

    assert build(package.path.parent).path.stat().st_mtime_ns == written


def test_what_needs_a_newer_glibc_than_the_runtime_has_is_named(package):
    needed = {part.name: part.glibc for part in package.parts}

    assert needed["duckdb"] >= (2, 27)
    assert ("duckdb" in package.too_new) == (package.python == "3.11")


def test_the_recipe_of_the_image_names_no_registry():
    recipe = (ROOT / "infra" / "image" / "Dockerfile").read_text(encoding="utf-8")

    assert re.findall(r"^FROM (.+)$", recipe, re.MULTILINE) == ["${base}"]
    assert not re.search(r"https?://|\.(com|org|io|dev|aws)\b", recipe)
