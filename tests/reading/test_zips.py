"""A zip archive is read like any packing, or refused before anything in it is inflated."""

import bz2
import io
import lzma
import stat
import struct
import zipfile

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.model.feed import Format
from headwater.reading.packing.inflate import InflateLimits, blocks, member_names
from headwater.reading.packing.magic import Compression
from headwater.reading.packing.wrapping import texts
from headwater.reading.recognise import recognise
from headwater.reading.unreadable import Unreadable

CSV = b"id,name\n" + b"".join(b"%d,name %d\n" % (n, n) for n in range(5000))


def archive(members, method=zipfile.ZIP_DEFLATED, comment=b""):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        made.comment = comment
        for name, content in members:
            made.writestr(name, content)
    return held.getvalue()


@pytest.fixture
def unzip(tmp_path):
    def unzip(content, pattern=None, **options):
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        names = member_names(path, pattern)
        parts = [b"".join(blocks(path, Compression.ZIP, member=n, **options)) for n in names]
        return dict(zip(names, parts, strict=True))

    return unzip


@pytest.fixture
def refusal(unzip):
    def refusal(content, pattern=None, **options):
        with pytest.raises(Unreadable) as caught:
            unzip(content, pattern, **options)
        return caught.value.cause

    return refusal


@pytest.fixture
def read(tmp_path):
    def read(content, member=None, declared=Format.AUTO):
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        found = recognise(path, declared, member=member)
        return found, b"".join(texts(path, found.wrapping))

    return read


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("block_bytes", [100, 1 << 22])
def test_one_member_comes_out_as_it_went_in(unzip, method, block_bytes):
    content = archive([("a.csv", CSV)], method, comment=b"made PK\x05\x06 by hand")

    assert unzip(content, block_bytes=block_bytes) == {"a.csv": CSV}


@pytest.mark.parametrize(("method", "pack"), [(93, zstd.compress), (95, lzma.compress)])
def test_members_packed_with_zstd_and_xz_are_read(unzip, method, pack):
    content = archive([("a.csv", pack(CSV))], zipfile.ZIP_STORED)
    content = with_entry(content, method=method, size=len(CSV), checksum=zipfile.crc32(CSV))

    assert unzip(content) == {"a.csv": CSV}


def test_an_archive_written_to_a_pipe_is_read(unzip):
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.held = b""

        def writable(self):
            return True

        def write(self, block):
            self.held += bytes(block)
            return len(block)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made, made.open("a.csv", "w") as one:
        one.write(CSV)

    assert unzip(pipe.held) == {"a.csv": CSV}


def test_an_archive_with_wide_sizes_is_read(unzip):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made, made.open("a.csv", "w", force_zip64=True) as one:
        one.write(CSV)

    assert unzip(held.getvalue()) == {"a.csv": CSV}


names = st.from_regex(r"[a-zé][a-z0-9 ._é-]{0,12}(/[a-z0-9é]{1,8}){0,2}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, st.binary(min_size=1, max_size=300), min_size=1, max_size=6))
def test_it_is_what_the_reference_reads(tmp_path_factory, members):
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    path.write_bytes(archive([(f"d/{name}", b" " + held) for name, held in members.items()]))

    with zipfile.ZipFile(path) as reference:
        expected = {name: reference.read(name) for name in sorted(reference.namelist())}
    seen = {
        name: b"".join(blocks(path, Compression.ZIP, member=name))
        for name in member_names(path, "*")
    }

    assert seen == expected


def test_what_file_managers_leave_is_passed_over(unzip):
    content = archive(
        [("data/", b""), ("data/a.csv", CSV), ("__MACOSX/data/._a.csv", b"\0\5"), ("x.tmp", b""),
         ("data/.DS_Store", b"\0\0")]
    )  # fmt: skip

    assert list(unzip(content)) == ["data/a.csv"]


def test_several_members_are_refused_by_name_unless_one_is_asked_for(refusal, unzip):
    content = archive([("a.csv", CSV), ("b.txt", b"text")])

    cause = refusal(content)

    assert cause.code == "multi"
    assert "a.csv, b.txt" in cause.message
    assert "member" in cause.message
    assert unzip(content, "*.csv") == {"a.csv": CSV}
    assert refusal(content, "*.json").code == "multi"


def test_members_of_one_header_are_read_as_one_text(read):
    content = archive([("2.csv", b"id,name\r\n3,c\r\n"), ("1.csv", b"id,name\r\n1,a\r\n2,b")])

    found, text = read(content, "*.csv")

    assert found.columns == ("id", "name")
    assert found.wrapping.members == ("1.csv", "2.csv")
    assert text.split() == [b"id,name", b"1,a", b"2,b", b"3,c"]


def test_members_without_a_header_are_read_one_behind_the_other(read):
    _, text = read(archive([("1.json", b'{"a":1}\n'), ("2.json", b'{"a":2}')]), "*")

    assert text == b'{"a":1}\n{"a":2}'


def test_marks_of_later_members_are_dropped(read):
    mark = b"\xef\xbb\xbf"

    found, text = read(archive([("1", mark + b"id,b\nx,1\n"), ("2", mark + b"id,b\ny,2\n")]), "*")

    assert text == mark + b"id,b\nx,1\ny,2\n"
    assert found.dialect.skip_bytes == 3


def test_members_of_different_headers_are_refused(read):
    with pytest.raises(Unreadable) as caught:
        read(archive([("1.csv", b"id,name\nx,a\n"), ("2.csv", b"name,id\na,y\n")]), "*.csv")

    assert caught.value.cause.code == "multi"
    assert "2.csv" in caught.value.cause.message


def test_several_json_arrays_are_refused(read):
    with pytest.raises(Unreadable) as caught:
        read(archive([("1", b'[{"a":1}]'), ("2", b'[{"a":2}]')]), "*")

    assert caught.value.cause.code == "multi"


@pytest.mark.parametrize(
    "name", ["../../x", "a/../../b", "/abs", "a\\..\\b", "C:\\x", "c:x", "..", "a\nb", "d\\e.csv"]
)
def test_names_that_lead_elsewhere_are_refused(refusal, name):
    cause = refusal(archive([("a.csv", CSV), (name, b"x")]), "a.csv")

    assert cause.code == "zip_path"


def test_a_symbolic_link_is_refused(refusal):
    link = zipfile.ZipInfo("a.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert refusal(archive([(link, b"/etc/passwd")])).code == "zip_path"


def test_a_name_that_is_there_twice_is_refused(refusal):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = archive([("a.csv", CSV), ("a.csv", CSV)])

    assert refusal(content).code == "dup"


def test_an_encrypted_member_is_refused(refusal):
    assert refusal(with_entry(archive([("a.csv", CSV)]), flags=1)).code == "encrypted"


@pytest.mark.parametrize("method", [9, 14, 98, 99, 77])
def test_a_method_that_is_not_read_is_named(refusal, method):
    assert refusal(with_entry(archive([("a.csv", CSV)]), method=method)).code == "compression"


@pytest.mark.parametrize("members", [[], [("a.csv", b"")], [("folder/", b"")]])
def test_an_archive_without_data_is_empty(refusal, members):
    assert refusal(archive(members)).code == "empty"


def test_too_many_members_are_refused_from_their_number(refusal):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20_000, 20_000, 46 * 20_000, 0, 0)

    assert refusal(b"PK\x03\x04" + bytes(46 * 20_000) + end).code == "count"


@pytest.mark.slow
def test_a_hundred_thousand_members_are_refused(refusal):
    assert refusal(archive([(f"{n}.csv", b"x") for n in range(100_000)])).code == "count"


def test_a_wrong_checksum_is_refused(refusal):
    assert refusal(with_entry(archive([("a.csv", CSV)]), checksum=7)).code == "corrupt"


@pytest.mark.parametrize("size", [1, len(CSV) - 1, len(CSV) + 1])
def test_a_size_that_is_not_true_is_refused(refusal, size):
    assert refusal(with_entry(archive([("a.csv", CSV)]), size=size)).code == "corrupt"


def test_what_is_cut_anywhere_is_refused(refusal):
    content = archive([("a.csv", CSV[:200]), ("b.csv", CSV[:100])])

    for end in range(len(content)):
        assert refusal(content[:end], "*").code in {"truncated", "corrupt"}


def test_a_flipped_bit_is_never_read_over(tmp_path):
    content = bytearray(archive([("a.csv", CSV[:2000])]))
    path = tmp_path / "a.zip"
    for place in range(len(content)):
        content[place] ^= 0x10
        path.write_bytes(content)
        try:
            (name,) = member_names(path, None)
            assert b"".join(blocks(path, Compression.ZIP, member=name)) == CSV[:2000]
        except Unreadable:
            pass
        content[place] ^= 0x10


def test_packed_data_in_an_archive_is_refused(refusal):
    assert refusal(archive([("a.csv.bz2", bz2.compress(CSV))])).code == "nested"
    assert refusal(archive([("a.zip", archive([("a.csv", CSV)]))])).code == "nested"


def test_members_that_share_their_bytes_are_refused(refusal):
    """The kernel of a bomb is packed once, and each of many entries points at it."""
    kernel = archive([("a", bytes(100_000))])
    entry_at = kernel.rfind(b"PK\x01\x02")
    entry, end = kernel[entry_at:-22], kernel[-22:]
    entries = [entry[:46] + bytes([97 + n]) + entry[47:] for n in range(20)]
    content = kernel[:entry_at] + b"".join(entries)
    content += struct.pack("<4s4H2LH", end[:4], 0, 0, 20, 20, len(content) - entry_at, entry_at, 0)

    assert refusal(content, "*").code == "overlap"


def test_a_bomb_is_refused_from_its_directory(refusal):
    limits = InflateLimits(harmless_bytes=1_000_000)
    path_content = archive([("a.csv", b"a\n" * 5_000_000)])

    assert refusal(path_content, limits=limits).code == "ratio"


def test_a_bomb_that_lies_about_its_size_is_stopped(refusal):
    content = with_entry(archive([("a.csv", b"a\n" * 5_000_000)]), size=10)

    assert refusal(content).code == "corrupt"


def with_entry(content, method=None, size=None, checksum=None, flags=None):
    """The archive with other words in the directory's only entry."""
    at = content.rfind(b"PK\x01\x02")
    entry = bytearray(content)
    for offset, kind, value in (
        (8, "H", flags),
        (10, "H", method),
        (16, "L", checksum),
        (24, "L", size),
    ):
        if value is not None:
            struct.pack_into(f"<{kind}", entry, at + offset, value)
    return bytes(entry)
