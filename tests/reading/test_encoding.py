"""Text is read in the encoding that it has, or refused with the one it is likely to have."""

import codecs
import gzip

import pytest

from headwater.model.feed import Format
from headwater.reading.count import DelimitedCounter, LineCounter
from headwater.reading.packing.wrapping import texts
from headwater.reading.recognise import recognise
from headwater.reading.unreadable import Unreadable

CSV = "id,name\n1,Grüße\n2,Łódź €\n"
WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
MARKS = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.fixture
def read(tmp_path):
    def read(content, encoding=None, declared=Format.AUTO):
        path = tmp_path / "file"
        path.write_bytes(content)
        found = recognise(path, declared, encoding=encoding)
        return found, b"".join(texts(path, found.wrapping)).decode()

    return read


@pytest.fixture
def refusal(read):
    def refusal(content, encoding=None):
        with pytest.raises(Unreadable) as caught:
            read(content, encoding)
        return caught.value.cause

    return refusal


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_mark_says_what_it_is(read, encoding, pack):
    found, text = read(pack(MARKS[encoding] + CSV.encode(encoding)))

    assert text == CSV
    assert found.columns == ("id", "name")
    assert found.dialect.skip_bytes == 0
    assert found.notes[:2] == (
        "byte order mark dropped",
        f"read as {encoding.upper()}, as its mark says",
    )


@pytest.mark.parametrize("encoding", WIDE)
def test_without_a_mark_it_is_refused_and_named_until_declared(read, refusal, encoding):
    content = CSV.encode(encoding)

    cause = refusal(content)

    assert cause.code == "encoding"
    assert f"encoding: {encoding}" in cause.message
    assert read(content, encoding)[1] == CSV


@pytest.mark.parametrize(("declared", "real"), [("utf-16", "utf-16-be"), ("utf-32", "utf-32-le")])
def test_a_declared_wide_encoding_finds_its_byte_order(read, declared, real):
    assert read(CSV.encode(real), declared)[1] == CSV


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16"])
def test_a_mark_of_what_is_declared_is_dropped(read, encoding):
    assert read(MARKS["utf-16-le"] + CSV.encode("utf-16-le"), encoding)[1] == CSV


def test_json_is_told_behind_any_encoding(read):
    found, text = read('{"a":"é"}\n{"a":"ß"}\n'.encode("utf-16"))

    assert found.format is Format.NDJSON
    assert text == '{"a":"é"}\n{"a":"ß"}\n'


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1252", "id,b\nx,Grüße — 5 €\n"),
        ("ISO-8859-15", "id,b\nx,œuvre 5 €\n"),
        ("cp850", "id,b\nx,Köln\n"),
        ("koi8-r", "id,b\nx,Москва\n"),
        ("shift_jis", "id,b\nx,東京都\n"),
        ("gb18030", "id,b\nx,北京市\n"),
        ("euc-kr", "id,b\nx,서울\n"),
        ("iso-2022-jp", "id,b\nx,東京都\n"),
        ("cp037", "id,b\nx,Koeln\n"),
        ("utf-8-sig", "id,b\nx,é\n"),
    ],
)
def test_what_is_declared_is_decoded(read, encoding, text):
    found, seen = read(text.encode(encoding), encoding)

    assert seen.removeprefix("\ufeff") == text
    assert found.columns == ("id", "b")


def test_a_mark_overrules_what_is_declared(read):
    found, text = read(codecs.BOM_UTF8 + CSV.encode(), "windows-1252")

    assert text.removeprefix("\ufeff") == CSV
    assert "declared as windows-1252, which its mark overrules" in found.notes


@pytest.mark.parametrize("declared", ["windows-1252", "shift_jis", "utf-16"])
def test_text_that_is_utf8_overrules_what_is_declared(read, declared):
    found, text = read(CSV.encode(), declared)

    assert text == CSV
    assert f"declared as {declared} and read as UTF-8, as it is" in found.notes


def test_one_letter_is_not_enough_to_overrule_and_is_noted(read):
    found, text = read("id,b\nx,é\n".encode(), "windows-1252")

    assert text == "id,b\nx,Ã©\n"
    assert "read as windows-1252, and could be UTF-8, too" in found.notes


def test_an_unknown_encoding_is_named(refusal):
    assert "latin-99" in refusal(CSV.encode(), "latin-99").message
    assert refusal(CSV.encode(), "base64").code == "encoding"


def test_text_that_is_not_what_is_declared_is_refused_with_what_it_looks_like(refusal):
    cause = refusal("id,b\nx,Москва и область\n".encode("koi8-r") * 20, "euc-kr")

    assert cause.code == "encoding"
    assert "looks like koi8-r" in cause.message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("id,name\n1,café\n2,Málaga\n".encode("latin-1"), "windows-1252"),
        (b"a,b\n1,\x93quoted\x94 text\n", "windows-1252"),
        ("id,name\n1,Łódź\n2,źródło\n3,mąż\n".encode("cp1250"), "windows-1250"),
        ("id,name\n1,Łódź\n2,źródło\n3,mąż\n".encode("iso-8859-2"), "iso-8859-2"),
        ("id,name\n1,Köln\n2,Größe\n3,Müller\n".encode("cp850"), "cp850"),
        ("id,name\n1,Москва\n2,Иванов\n".encode("cp1251"), "windows-1251"),
        ("id,name\n1,Москва\n2,Иванов\n".encode("koi8-r"), "koi8-r"),
        ("id,name\n1,Москва\n2,Иванов\n".encode("cp866"), "cp866"),
        ("id,name\n1,Αθήνα\n2,Παπαδόπουλος\n3,πελάτης\n".encode("cp1253"), "windows-1253"),
        ("id,name\n1,şehir\n2,dağ\n3,Güneş\n".encode("cp1254"), "windows-1254"),
        ("id,name\n1,القاهرة\n2,محمد\n".encode("cp1256"), "windows-1256"),
        ("id,name\n1,東京都\n2,カタカナ\n3,ひらがな\n".encode("cp932"), "shift_jis"),
        ("id,name\n1,東京都\n2,カタカナ\n3,ひらがな\n".encode("euc-jp"), "euc-jp"),
        ("id,name\n1,北京市\n2,订单编号\n3,有限公司\n".encode("gbk"), "gb18030"),
        ("id,name\n1,台北市\n2,訂單編號\n3,有限公司\n".encode("big5"), "big5"),
        ("id,name\n1,서울특별시\n2,주문번호\n".encode("cp949"), "euc-kr"),
        ("id,name\n1,東京都\n".encode("iso-2022-jp"), "iso-2022-jp"),
    ],
)
def test_a_legacy_encoding_is_refused_with_the_likely_one(read, refusal, content, name):
    cause = refusal(content)

    assert cause.code == "encoding"
    assert f"declare `encoding: {name}`" in cause.message
    assert "\ufffd" not in read(content, name)[1]


def test_the_refusal_shows_the_place_and_how_it_would_read(refusal):
    message = refusal("id,name\n1,Müller\n".encode("cp1252")).message

    assert "byte 0xfc at offset 11 is not UTF-8" in message
    assert "'Müller'" in message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a,b\n1,\xed\xa0\xbd\xed\xb8\x80\n", "CESU-8"),
        (b"a,b\n1,\xc0\xaf\n", "overlong"),
    ],
)
def test_broken_forms_of_utf8_are_named(refusal, content, name):
    cause = refusal(content)

    assert cause.code == "encoding"
    assert name in cause.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("text", ["", " \r\n\t\n"])
def test_nothing_but_blanks_behind_a_mark_is_empty(refusal, encoding, text):
    assert refusal(text.encode(encoding)).code == "empty"


def test_binary_data_behind_a_mark_is_refused(refusal):
    assert refusal(codecs.BOM_UTF16_LE + bytes(10_000)).code == "binary"


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("cut", [1, 2, 3, 5, 64])
def test_records_of_wide_text_are_counted_wherever_it_is_cut(encoding, cut):
    text = 'id,name\n1,"two\nlines"\n\n2,ऊਊ\n3,\n'  # letters with the bytes of a line end in them
    content = MARKS[encoding] + text.encode(encoding)
    counter = DelimitedCounter()

    for start in range(0, len(content), cut):
        counter.update(content[start : start + cut])

    assert counter.finish() == 4


def test_a_text_of_one_letter_is_counted():
    counter = LineCounter()
    counter.update(b"1")

    assert counter.finish() == 1
