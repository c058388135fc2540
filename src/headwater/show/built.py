"""A build's receipt: what was made, and from which versions of which tables."""

from __future__ import annotations

from headwater.model.curated import Build
from headwater.model.receipt import Receipt
from headwater.show.figures import clean, count, counted, duration, size
from headwater.show.page import Line, Mark, Page, dim, line, strong


def built_page(receipt: Receipt, build: Build) -> Page:
    """What was done in one line, and what it was made from in another."""
    committed = f"version {receipt.version}" if receipt.version is not None else "no new version"
    facts = [
        committed,
        f"{how_much(build)}: {counted(build.rows_written, 'row')} written, {count(build.rows)} now",
        f"{size(receipt.size_bytes_out)} out, {counted(receipt.parts, 'part')}",
        duration(receipt.finished_at - receipt.started_at),
    ]
    mark = Mark.WAIT if build.overtaken else Mark.GOOD
    head = line(
        mark, " ", strong(receipt.feed), " ", Mark.ARROW, " ", strong(receipt.table), "  ",
        dim("  ".join(facts if not build.overtaken else facts[:1])),
    )  # fmt: skip
    notes = (line("  ", dim(clean(note))) for note in receipt.notes)
    return (head, made_from(build), *notes)


def made_from(build: Build) -> Line:
    """The versions of the tables that were read: lineage."""
    read = (
        f"{each.table} version {each.version}, {counted(each.rows, 'row')}" for each in build.inputs
    )
    return line("  ", dim(f"from {'; '.join(read)}"))


def how_much(build: Build) -> str:
    """All of it, or so many partitions."""
    if build.partitions is None:
        return "all of it"
    return counted(build.partitions, "partition")
