"""Many small files are told by the first of them, and one that differs is looked at by itself."""

from __future__ import annotations

import pytest

PLAIN = "id,name\n1,a\n2,b\n"


@pytest.mark.parametrize(
    "other",
    [
        'id,name\n3,"c, d"\n',
        "id,name\r\n3,c\r\n",
        "id,name\n3,c\n\n",
        "id,name\n3,c\n4\n",
        'id,name\n3,c"d\n',
        "id,name\n3,c\nid,name\n",
        "id,name\n3,c\nTotal,1 row\n",
        "id,name\n# a remark\n3,c\n",
        "id;name\n3;c\n",
        "id,name\n",
        "# about it\nid,name\n3,c\n",
        b"id,name\n3,c\xe9\n",
        "\ufeffid,name\n3,c\n",
    ],
)
def test_a_file_is_read_among_others_as_it_is_alone(bench, other):
    alone = bench.convert(other)
    alone_rows, alone_refused = bench.rows(alone), bench.refused(alone)

    among = bench.convert(PLAIN, other, PLAIN)

    rows = sorted(map(str, bench.rows(among)))
    assert rows == sorted(map(str, [*alone_rows, *[(1, "a"), (2, "b")] * 2]))
    told = [row[1:] for row in bench.refused(among)]
    assert told == [row[1:] for row in alone_refused]
