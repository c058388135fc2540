"""headwater deploy: the same lake on AWS, planned, laid down and looked at, or taken away."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE, EXIT_FAILED, UsageError
from headwater.show.figures import clean, size
from headwater.show.page import BLANK, Heading, Mark, Page, line, sheet, strong

if TYPE_CHECKING:
    from headwater.deploy.intent import Intent
    from headwater.deploy.site import Site
    from headwater.deploy.terraform import Planned
    from headwater.wiring.visit import Answered

PLAN, APPLY, DESTROY = "plan", "apply", "destroy"
_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done, from where."""

    call: Call
    site: Site
    intent: Intent


@click.command("deploy")
@click.option("--plan", "what", flag_value=PLAN, help="Say what would be made; the default.")
@click.option("--apply", "what", flag_value=APPLY, help="Make it, and see whether it answers.")
@click.option("--destroy", "what", flag_value=DESTROY, help="Take it away, data included.")
@click.option("--name", metavar="NAME", help="The lake's name.  [default: its folder's]")
@click.option("--image", metavar="URI", help="An image of the functions, in place of a package.")
@click.option("--var-file", "var_files", multiple=True, type=_PATH, help="More for Terraform.")
@click.option("--endpoint", metavar="URL", help="An emulator.  [default: $AWS_ENDPOINT_URL]")
@click.option("--yes", is_flag=True, help="With --destroy: that it is meant.")
@verb
def command(call: Call, what: str | None, *, yes: bool, **words: Any) -> int:
    """Lay the lake down on AWS, look whether it answers, or take it away.

    Functions are packed from what is installed here, and Terraform is driven, in
    .headwater/deploy beside headwater.yaml: its state is kept there. What was laid down is
    asked whether it answers; ends with 1 if something does not.
    """
    if what == DESTROY and not yes:
        raise UsageError(
            "nothing was taken away: that takes the lake's data, too",
            hint="headwater deploy --destroy --yes, behind an --apply with protected = false",
        )
    work = _work(call, words["name"], words["image"], words["var_files"], words["endpoint"])
    if what == DESTROY:
        return _destroy(work)
    return _apply(work) if what == APPLY else _plan(work)


def _work(
    call: Call, name: str | None, image: str | None, files: tuple[Path, ...], endpoint: str | None
) -> _Work:
    from headwater.deploy.intent import intent_of  # noqa: PLC0415 - who lays nothing down waits not
    from headwater.deploy.site import Wanted, site_of  # noqa: PLC0415 - same

    intent = intent_of(call.folder, name)
    wanted = Wanted(image, files, endpoint or os.environ.get("AWS_ENDPOINT_URL"))
    return _Work(call, site_of(intent.settings.root, wanted), intent)


def _plan(work: _Work) -> int:
    planned, document = _planned(work)
    work.call.voice.answer(_plan_page(document, planned), document)
    return EXIT_DONE


def _apply(work: _Work) -> int:
    planned, document = _planned(work)
    work.site.terraform.apply()
    places = work.site.terraform.outputs()
    configuration = work.site.write_configuration(places)
    work.site.declare(work.intent, places)
    smoke = list(work.site.looked_at(places))
    document |= {
        "configuration": str(configuration),
        "smoke": [{"name": a.name, "well": a.well, "found": a.found} for a in smoke],
    }
    page = (*_plan_page(document, planned), BLANK, *_smoke_page(smoke, configuration))
    work.call.voice.answer(page, document)
    return EXIT_DONE if all(each.well for each in smoke) else EXIT_FAILED


def _destroy(work: _Work) -> int:
    if not work.site.is_laid_out:
        raise UsageError(
            f"nothing was laid down from {work.site.folder}",
            hint="run this where it was deployed from, with Terraform's state",
        )
    if work.site.terraform.outputs().get("protected"):
        raise UsageError(
            f"nothing was taken away: {work.intent.name} is protected, and what holds data would "
            "stay where everything else is gone",
            hint="write protected = false into a file, and headwater deploy --apply --var-file "
            "FILE once; then headwater deploy --destroy --yes --var-file FILE",
        )
    planned = work.site.terraform.plan(destroy=True)
    work.site.terraform.apply()
    document = {"name": work.intent.name, "destroyed": list(planned.delete)}
    work.call.voice.answer(
        (line(Mark.GOOD, f" took {len(planned.delete)} resources of {work.intent.name} away"),),
        document,
    )
    return EXIT_DONE


def _planned(work: _Work) -> tuple[Planned, dict[str, Any]]:
    package = work.site.lay_out(work.intent)
    planned = work.site.terraform.plan()
    document: dict[str, Any] = {
        "name": work.intent.name,
        "region": work.intent.region,
        "folder": str(work.site.folder),
        "package": None,
        "takes": work.intent.baggage.told(),
        "create": list(planned.create),
        "update": list(planned.update),
        "delete": list(planned.delete),
    }
    if package is not None:
        document["package"] = {
            "path": str(package.path),
            "python": package.python,
            "size_bytes": package.size_bytes,
            "unpacked_bytes": package.unpacked_bytes,
        }
    return planned, document


def _plan_page(document: dict[str, Any], planned: Planned) -> Page:
    package = document["package"]
    code = "functions from an image"
    if package is not None:
        unpacked = size(package["unpacked_bytes"])
        code = f"functions in {size(package['size_bytes'])}, {unpacked} unpacked"
    counts = (
        f"{len(planned.create)} to make, {len(planned.update)} to change, "
        f"{len(planned.delete)} to take away"
    )
    name, region = strong(document["name"]), document["region"]
    return (line(name, f" in {region}: {counts}; {code}"), *_baggage_page(document["takes"]))


def _baggage_page(takes: dict[str, list[str]]) -> Page:
    """What goes along with headwater.yaml, and what stays behind."""
    along = [clean(each) for each in takes["files"]]
    along += [f"${{{each}}} as it is set here" for each in takes["words"]]
    along += [f"${{{each}}} from Secrets Manager" for each in takes["secrets"]]
    lines = [line(f"with {', '.join(along)}")] if along else []
    if takes["left"]:
        names = ", ".join(map(clean, takes["left"]))
        lines.append(line(f"functions do not tell {names}: programs and files are of this machine"))
    return tuple(lines)


def _smoke_page(smoke: list[Answered], configuration: Path) -> Page:
    rows = [
        (Mark.GOOD if each.well else Mark.BAD, strong(each.name), clean(each.found))
        for each in smoke
    ]
    return (
        sheet([Heading(""), Heading(""), Heading("")], rows),
        BLANK,
        line(f"headwater status -C {configuration} shows it from here"),
    )
