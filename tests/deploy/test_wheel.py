"""A lake can be laid down from what is installed: Terraform's folder is in the wheel, and found."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from headwater.deploy import wheel
from headwater.deploy.parts import pieces
from headwater.deploy.site import infra

ROOT = Path(__file__).parents[2]
SOURCES = ("src", "infra", "pyproject.toml", "README.md", "LICENSE", ".gitignore")
NEVER_PACKED = ("infra/.terraform/big", "infra/terraform.tfstate", "infra/mine.tfvars")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("package")]


def build(kind, source, folder):
    """The file that hatchling makes of a source tree; it installs nothing."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
        timeout=120,
    )
    [made] = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A tree in which somebody has worked with Terraform."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name in NEVER_PACKED:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("secret")
    return folder


@pytest.fixture(scope="module", params=["from the tree", "from the sdist"])
def installed(request, source, tmp_path_factory):
    """The folder that a wheel is unpacked to."""
    if request.param == "from the sdist":
        unpacked = tmp_path_factory.mktemp("sdist")
        built = build("sdist", source, tmp_path_factory.mktemp("built"))
        shutil.unpack_archive(built, unpacked, filter="data")
        [source] = unpacked.iterdir()
    folder = tmp_path_factory.mktemp("site-packages")
    wheel = build("wheel", source, tmp_path_factory.mktemp("built"))
    shutil.unpack_archive(wheel, folder, "zip")
    return folder


def told(installed, expression, *more):
    """What Headwater as it is installed there answers."""
    code = f"""\
import sys
sys.path.insert(0, {str(installed)!r})
from headwater.deploy.parts import pieces
from headwater.deploy.site import infra
print({expression})
"""
    words = [sys.executable, "-I", "-c", code, *more]
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_folder_is_found_where_it_was_installed(installed):
    found = Path(told(installed, "infra()"))

    assert found == installed / "headwater" / "infra"


def test_all_that_terraform_reads_is_there_and_nothing_that_it_wrote(installed):
    there = installed / "headwater" / "infra"

    assert _names(there) == {
        name
        for name in _names(infra())
        if not name.startswith(("tests/", ".terraform")) and name != "checkov.yaml"
    }


def test_the_script_of_jobs_runs_from_the_wheel(installed):
    script = installed / "headwater" / "infra" / "jobs" / "convert.py"
    run = "__import__('runpy').run_path(sys.argv[1], None, '__main__')"

    assert "--manifest" in told(installed, run, str(script), "--help")


def test_functions_are_packed_without_it(installed):
    names = told(installed, "'\\n'.join(str(name) for name, _ in pieces()[0].files)").splitlines()

    assert "headwater/deploy/site.py" in names
    assert names == [str(name) for name, _ in pieces()[0].files]


@pytest.fixture(scope="module")
def jobs_library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    (folder / "headwater-0.0.9-py3-none-any.whl").write_bytes(b"former")
    return wheel.build(folder)


def test_what_jobs_run_from_is_installed_by_pip_and_runs(jobs_library, tmp_path):
    python = tmp_path / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True, timeout=120)
    words = [python, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", jobs_library]
    subprocess.run([*words, "--disable-pip-version-check"], check=True, timeout=120)

    code = "import importlib.metadata as m, headwater; print(m.version('headwater'))"
    done = subprocess.run(
        [python, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    required = told(jobs_library, "__import__('importlib.metadata').metadata.requires('headwater')")

    assert done.stdout.strip() == version("headwater")
    assert "duckdb" in required
    assert list(jobs_library.parent.iterdir()) == [jobs_library]


def test_the_same_program_makes_the_same_wheel(jobs_library, tmp_path):
    assert wheel.build(tmp_path).read_bytes() == jobs_library.read_bytes()


def _names(folder):
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
