"""What an engine promises of files: damage stays where it is, and every format is read."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from headwater.model.progress import nobody
from headwater.ports.engine import Fate
from tests.contracts.bench import types_of


class DamageContract:
    """Damaged, missing and changed files."""

    def test_damaged_records_are_refused_and_every_other_row_is_there(self, bench):
        text = 'a,b\n1,x\n2\n3,y,z\n4,q"r\n5,w\n'

        conversion = bench.convert(text, "a,b\n6,clean\n")

        assert sorted(bench.rows(conversion)) == [(1, "x"), (5, "w"), (6, "clean")]
        codes = [(row[1], row[4]) for row in bench.refused(conversion)]
        assert codes == [(3, "ragged"), (4, "ragged"), (5, "quote")]

    def test_a_count_that_the_parser_does_not_reach_is_found_out(self, bench):
        conversion = bench.convert("a,b\n1,2\n\n3,4\n", records=[3])

        assert conversion.results[0].books.counted == 2
        assert sorted(bench.rows(conversion)) == [(1, 2), (3, 4)]

    @pytest.mark.parametrize(
        "damaged", [gzip.compress(b"a\n1\n" * 999, mtime=0)[:-9], b"", b"\x7fELF\0\0"]
    )
    def test_a_file_that_cannot_be_read_is_refused_and_not_its_neighbour(self, bench, damaged):
        conversion = bench.convert(damaged, "a\n7\n")

        assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
        assert bench.rows(conversion) == [(7,)]
        assert [row[:2] for row in bench.refused(conversion)] == [("file 0", None)]

    def test_a_file_that_is_gone_or_changed_is_left_out(self, bench):
        job = bench.job("a\n1\n", "a\n2\n", "a\n3\n")
        Path(job.inputs[0].location).unlink()
        Path(job.inputs[1].location).write_text("a\n22\n")

        conversion = bench.engine.convert(job, nobody)

        fates = [result.fate for result in conversion.results]
        assert fates == [Fate.GONE, Fate.CHANGED, Fate.READ]
        assert bench.rows(conversion) == [(3,)]


class FormatContract:
    """Formats and compressions."""

    def test_gzip_members_and_many_small_files_are_read_in_one_go(self, bench):
        packed = gzip.compress(b"a,b\n1,x\n", mtime=0) + gzip.compress(b"2,y\n")
        plain = [f"a,b\n{n},z\n" for n in range(3, 60)]

        conversion = bench.convert(packed, *plain)

        assert sorted(row[0] for row in bench.rows(conversion)) == list(range(1, 60))
        assert len(conversion.parts) == 1

    def test_json_keeps_numbers_apart_from_strings(self, bench):
        rows = [
            {"i": 1, "s": "1", "f": 1.5, "t": True, "d": "2024-01-02", "o": {"x": [1, 2]}},
            {"i": 2, "s": "02", "f": 2.0, "t": False, "d": "2024-01-03", "o": None},
        ]

        conversion = bench.convert("".join(json.dumps(row) + "\n" for row in rows))

        assert types_of(conversion) == {
            "i": "bigint", "s": "text", "f": "double", "t": "boolean", "d": "date", "o": "text",
        }  # fmt: skip
        first = min(bench.rows(conversion, "i, s, f, t, o"))
        assert (*first[:4], json.loads(first[4])) == (1, "1", 1.5, True, {"x": [1, 2]})

    def test_a_key_that_comes_late_is_not_lost(self, bench):
        lines = [json.dumps({"a": n}) for n in range(20_000)] + ['{"a":20000,"late":"here"}']

        conversion = bench.convert("\n".join(lines))

        assert (20_000, "here") in bench.rows(conversion, "a, late")

    def test_whole_numbers_beyond_64_bits_are_never_doubles(self, bench):
        conversion = bench.convert('{"n":9223372036854775808}\n{"n":1}\n')

        assert sorted(bench.rows(conversion)) == [(Decimal(1),), (Decimal(2**63),)]

    def test_json_that_is_none_is_refused_line_by_line(self, bench):
        text = '{"a":1}\n{"a":\n[1]\nnull\n\n{"a":1,"a":2}\n{"a":3,}\n{"a":7}\n'

        conversion = bench.convert(text)

        assert sorted(bench.rows(conversion)) == [(1,), (7,)]
        assert [row[1] for row in bench.refused(conversion)] == [2, 3, 4, 6, 7]

    def test_an_array_of_objects_is_rows(self, bench):
        conversion = bench.convert('[{"a": 1},\n {"a": 2, "b": "x"}]')

        assert sorted(bench.rows(conversion, "a, b")) == [(1, None), (2, "x")]

    def test_a_mixed_batch_of_formats_is_one_table(self, bench):
        conversion = bench.convert("a,b\n1,x\n", "a;b\n2;y\n", '{"b":"z","a":3}\n')

        assert sorted(bench.rows(conversion, "a, b")) == [(1, "x"), (2, "y"), (3, "z")]
