"""Text comes out as UTF-8 wherever it is cut; what cannot be decoded is refused alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.model.feed import Format
from headwater.reading.delimited.careful import careful_delimited
from headwater.reading.encoding.codec import codec_of, keeps_ascii
from headwater.reading.encoding.decode import decoded, retold
from headwater.reading.json.lines import careful_ndjson
from headwater.reading.recognise import recognise
from headwater.reading.unreadable import Unreadable

TEXTS = {
    "utf-16-le": "a,é,東,😀\n\ufeffmore\n",
    "utf-16-be": "a,é,東,😀\r\n",
    "utf-32-le": "a,é,東,😀\n",
    "cp1252": "a,é,€\nplain\n",
    "shift_jis": "a,東京,カナ\nplain\n",
    "gb18030": "a,北京,😀\nplain\n",
    "iso2022_jp": "a,東京\nplain\n",
    "utf-7": "a,é\nplain\n",
}


@pytest.mark.parametrize("encoding", list(TEXTS))
def test_every_cut_gives_the_same_text(encoding):
    content = TEXTS[encoding].encode(encoding)

    for cut in range(len(content) + 1):
        blocks = [content[:cut], content[cut:]]
        assert b"".join(decoded(blocks, encoding)).decode() == TEXTS[encoding]
    single = [content[at : at + 1] for at in range(len(content))]
    assert b"".join(decoded(single, encoding)).decode() == TEXTS[encoding]


@given(st.text(max_size=200), st.sampled_from(["utf-16-le", "utf-32-be", "gb18030"]))
def test_any_text_comes_back(text, encoding):
    content = ("\ufeff" + text).encode(encoding)

    assert b"".join(decoded([content[:7], content[7:]], encoding)).decode() == text


@given(st.binary(max_size=200), st.sampled_from(["cp1252", "cp932", "utf-16-le", "euc-kr", "big5"]))
def test_bytes_that_are_no_text_never_become_any(content, encoding):
    """What Python's own decoder refuses is not UTF-8 afterwards; what it takes, is the same."""
    try:
        expected = content.decode(encoding)
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            b"".join(decoded([content], encoding)).decode()
    else:
        assert b"".join(decoded([content], encoding)).decode() == expected.removeprefix("\ufeff")


def test_utf8_is_handed_on_untouched():
    blocks = [b"\xef\xbb\xbfa", b"\xff\n"]

    assert list(decoded(blocks, "utf-8")) == blocks


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_a_byte_that_the_encoding_lacks_costs_its_record_alone(tmp_path, size):
    content = "id,b\n1,é\n2,\x81x\n3,ü\n".encode("latin-1")  # cp1252 has no 0x81
    path = tmp_path / "file"
    path.write_bytes("id,b\n1,é\n3,ü\n".encode("cp1252"))
    found = recognise(path, Format.CSV, encoding="cp1252")
    blocks = [content[at : at + size] for at in range(0, len(content), size)]

    pieces = retold(careful_delimited(decoded(blocks, "cp1252"), found), "cp1252")

    (piece,) = list(pieces)
    (refusal,) = piece.refused
    assert piece.text.decode() == "0,1,é\n1,3,ü\n"
    assert (refusal.line, refusal.code, refusal.raw) == (3, "encoding", "2,\\x81x")
    assert "byte 0x81 is not cp1252" in refusal.message


def test_half_a_letter_of_two_bytes_does_not_swallow_the_line_end():
    content = '{"a":"東"}\n{"a":"'.encode("cp932") + b"\x81\n" + b'{"a":"c"}\n'

    (piece,) = retold(careful_ndjson(decoded([content], "cp932")), "cp932")

    assert piece.text.decode() == '0\t{"a":"東"}\n1\t{"a":"c"}\n'
    assert [(refusal.line, refusal.code) for refusal in piece.refused] == [(2, "encoding")]
    assert "\\x81" in piece.refused[0].raw


@pytest.mark.parametrize(
    ("first", "second"), [(b"\xd2\xaa", "cp1253"), (b"\xc3\xa9", "ascii"), (b"\x81\x9d", "cp1252")]
)
def test_two_bytes_at_fault_are_no_letter_together(first, second):
    text = b"".join(decoded([first], second if second != "ascii" else "iso2022_jp"))

    with pytest.raises(UnicodeDecodeError):
        text.decode()


def test_a_wrong_encoding_ends_soon():
    blocks = iter([b"\x81\x8d\x8f\x90\x9d" * 100_000] * 100)

    with pytest.raises(Unreadable) as caught:
        list(decoded(blocks, "cp1252"))

    assert caught.value.cause.code == "encoding"
    assert len(list(blocks)) > 90


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("Windows-1252", "cp1252"),
        ("latin1", "iso8859-1"),
        ("UTF8", "utf-8"),
        ("ascii", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("rot13", None),
        ("zip", None),
        ("idna", None),
        ("unicode_escape", None),
        ("no such", None),
        ("a\0b", None),
    ],
)
def test_only_encodings_of_text_are_known(name, codec):
    assert codec_of(name) == codec


@pytest.mark.parametrize(
    ("encoding", "kept"),
    [("cp1252", True), ("gb18030", True), ("utf-8", True), ("utf-16-le", False), ("cp037", False),
     ("iso2022_jp", False), ("utf-7", False), ("hz", False)],
)  # fmt: skip
def test_it_is_known_where_lines_lie_as_in_ascii(encoding, kept):
    assert keeps_ascii(encoding) is kept
