"""Rows made of elements: which of them stay is the same each time, on any number of threads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.adapters.duckdb.convert import convert
from headwater.config.steps import read_step
from headwater.model.progress import nobody
from tests.contracts.bench import Bench, feed_of

LISTS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(None, tmp_path_factory.mktemp("exploded"))


def exploded(bench, lists, keep, threads):
    """The table of rows of which each has a list, one of its elements to a key."""
    content = "".join(
        json.dumps({"key": f"k{n % 1000}", "turn": n % 3, "tags": tags}) + "\n"
        for n, tags in enumerate(lists)
    )
    steps = (
        {"cast": {"tags": "array<text>"}},
        {"explode": "tags"},
        {"dedupe": {"by": "key", "keep": keep}},
    )
    job = bench.job(content, feed=feed_of(steps=tuple(map(read_step, steps))))
    done = convert(replace(job, limits=replace(job.limits, threads=threads)), nobody)
    return sorted(bench.rows(done, "key, turn, tags"))


@pytest.mark.parametrize("keep", ["first", "last", "latest turn"])
def test_the_same_file_gives_the_same_table_on_one_thread_and_on_four(bench, keep):
    @settings(max_examples=2, deadline=None)
    @given(LISTS)
    def same(some):
        lists = [
            [f"{tag}{n}.{i}" for i, tag in enumerate(some[n % len(some)])] for n in range(2500)
        ]
        tables = [exploded(bench, lists, keep, threads) for threads in (1, 4, 4)]

        assert tables[1:] == tables[:1] * 2
        assert [row[2] for row in tables[0]] == expected(lists, keep)

    same()


def expected(lists, keep):
    """The elements that stay, in the order of their keys."""
    chosen = {}
    for n, tags in enumerate(lists):
        key = f"k{n % 1000}"
        for tag in tags:
            at = n % 3 if keep == "latest turn" else 0
            if key not in chosen or (keep != "first" and at >= chosen[key][0]):
                chosen[key] = (at, tag)
    return [tag for _, (_, tag) in sorted(chosen.items())]
