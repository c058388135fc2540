"""Records are numbered one by one, however many there are."""

import pytest

from headwater.reading.pieces.numbered import numbered


@pytest.mark.parametrize("separator", [b",", b"\t", b"%", b"||"])
@pytest.mark.parametrize("first", [0, 1, 99_999, 262_140, 262_144, 10**9])
def test_each_record_has_its_number_and_the_separator_before_it(first, separator):
    records = [b"a", b"", b"c\nd", b"%d"] * 3

    text = numbered(first, records, separator)

    assert text == b"".join(
        b"%d%b%b\n" % (first + place, separator, record) for place, record in enumerate(records)
    )


def test_no_records_are_no_text():
    assert numbered(5, [], b",") == b""
