"""headwater new: the first version of a feed, as a sample file suggests it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.advice import advised
from headwater.cli.call import Call, verb
from headwater.cli.spelled import options_given, options_of_reading
from headwater.cli.written import read
from headwater.cli.written import replace as put
from headwater.errors import EXIT_DONE, ConfigError, InputError, UsageError
from headwater.model.codec import to_plain
from headwater.model.confirm import confirmed
from headwater.model.feed import Feed, Format
from headwater.model.ids import FeedName, TableName
from headwater.ports.engine import Survey
from headwater.shape.partition import ARRIVAL_DATE
from headwater.show.figures import clean, counted
from headwater.show.page import BLANK, Heading, Mark, Page, Span, Tone, dim, line, sheet, strong

if TYPE_CHECKING:
    from headwater.config.write import FeedDraft
    from headwater.lake import Lake

_DRAFTED = frozenset({"format", "schema"})
"""Keys that the draft has for itself."""

_OTHER = "give --from a file such as the feed will get"


@click.command("new")
@click.argument("feed")
@click.option(
    "--from", "sample", metavar="FILE", required=True,
    type=click.Path(path_type=Path, readable=False),
    help="A file such as the feed will get.",
)  # fmt: skip
@options_of_reading
@click.option("--table", metavar="TABLE", help="The table it writes.  [default: FEED]")
@click.option(
    "--partition", metavar="EXPR", multiple=True,
    help="Such as region, or year(ts); may be repeated, or given with commas.",
)  # fmt: skip
@click.option("--infer", is_flag=True, help="Leave types to each batch; do not write them down.")
@verb
def command(
    call: Call,
    feed: str,
    sample: Path,
    table: str | None,
    partition: tuple[str, ...],
    *,
    infer: bool,
    **words: Any,
) -> int:
    """Write the first version of a feed, as a sample suggests it.

    What is in headwater.yaml already stays as it is, comments and all.
    """
    from headwater.config.options import feed_from  # noqa: PLC0415 - pydantic takes its time
    from headwater.config.write import FeedDraft, with_feed  # noqa: PLC0415 - same

    told = options_given(words)
    if infer and "schema" in told:
        raise UsageError(
            "--infer leaves types to each batch, and --set schema declares them",
            hint="leave one of them out",
        )
    file = call.configuration
    with call.open() as lake:
        before = read(file)
        with_feed(before, feed, FeedDraft(Format.AUTO), str(file))  # refuses a bad name at once
        looked = replace(
            feed_from(told),
            name=FeedName(feed),
            match=(f"{feed}/**",),
            table=TableName(table or feed),
        )
        survey = _survey(lake, looked, sample)
    wanted = tuple(part.strip() for each in partition for part in each.split(",") if part.strip())
    _require_columns(survey, sample, wanted)
    draft = _draft(looked, survey, sample, wanted, told=told, infer=infer)
    after = with_feed(before, feed, draft, str(file))
    if not put(file, before, after):
        raise ConfigError(
            f"{file} was changed by somebody else meanwhile, and was not touched",
            hint="run it again",
        )
    call.voice.answer(
        _page(feed, file, survey, draft),
        {"feed": feed, "file": str(file), "survey": to_plain(survey)},
    )
    if not call.voice.as_json:
        ingest = Span(f"headwater ingest {feed} {clean(str(sample))}", Tone.COMMAND)
        call.voice.say((line(dim("next: "), ingest),))
    return EXIT_DONE


def _survey(lake: Lake, feed: Feed, sample: Path) -> Survey:
    try:
        return lake.survey(feed, sample)
    except InputError as error:
        asked = advised(error)
        raise type(error)(error.message, hint=asked.hint if error.hint else _OTHER) from error


def _require_columns(survey: Survey, sample: Path, partition: tuple[str, ...]) -> None:
    """Refuse what no file like the sample could be partitioned by."""
    names = survey.schema.names()
    known = {ARRIVAL_DATE, *(name.casefold() for name in names)}
    for each in partition:
        column = each.partition("(")[2].rstrip(")").strip() or each
        if column.casefold() in known:
            continue
        meant = get_close_matches(column, names, n=1)
        raise UsageError(
            f"--partition {each}: {sample.name} has no column {column}",
            hint=f"did you mean {meant[0]}?" if meant else f"columns: {', '.join(names[:20])}",
        )


def _draft(
    feed: Feed,
    survey: Survey,
    sample: Path,
    partition: tuple[str, ...],
    *,
    told: Mapping[str, Any],
    infer: bool,
) -> FeedDraft:
    from headwater.config.confirmed import confirmed_keys  # noqa: PLC0415 - as below
    from headwater.config.scalars import written  # noqa: PLC0415 - same
    from headwater.config.write import FeedDraft  # noqa: PLC0415 - same

    said = {key: written(value) for key, value in told.items() if key not in _DRAFTED}
    settled = confirmed(feed, survey.manner) if survey.manner is not None else feed
    columns = () if infer else tuple((each.name, str(each.type)) for each in survey.schema.columns)
    return FeedDraft(
        format=survey.format,
        columns=columns,
        partition=partition,
        keys=tuple(each for each in confirmed_keys(settled) if each[0] not in said),
        told=tuple(said.items()),
        read_as=feed,
        notes=(f"From {sample.name}: {_seen(survey)}", *survey.notes),
        table=feed.table,
    )


def _seen(survey: Survey) -> str:
    words = [survey.format.value]
    if survey.compression != "none":
        words.append(survey.compression)
    if survey.delimiter:
        words.append(f"delimiter {survey.delimiter!r}")
    return ", ".join(words)


def _page(feed: str, file: Path, survey: Survey, draft: FeedDraft) -> Page:
    columns = [
        (clean(column.name, 60), Span(clean(str(column.type), 60), Tone.DIM))
        for column in survey.schema.columns
    ]
    return (
        line(Mark.GOOD, f" found {clean(_seen(survey))}, {counted(len(columns), 'column')}"),
        *(line(dim(f"  {clean(reason)}")) for reason in survey.reasons),
        *(line(Mark.WARN, f" {clean(note)}") for note in survey.notes),
        *_to_confirm(draft),
        BLANK,
        sheet([Heading("column"), Heading("type")], columns),
        BLANK,
        line(Mark.GOOD, " wrote feed ", strong(feed), f" to {file}"),
    )


def _to_confirm(draft: FeedDraft) -> Page:
    """What was found and is written down, for a person to look at once."""
    if not draft.keys:
        return ()
    keys = ", ".join(f"{key}: {written}" for key, written in draft.keys)
    return (line(Mark.WARN, " fixed from here on; look at it once: ", strong(clean(keys, 200))),)
