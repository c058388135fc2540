"""Parquet files: of every type there is, damaged, locked, and made to do harm."""

from __future__ import annotations

import base64
import datetime as dt
import io
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.parquet import encryption

from tests.inputs.entry import Entry

_ROWS = 5_000
_DIGITS = "1234567890123456789012345678901234567890.12"
_NANOSECONDS = 1_700_000_000_123_456_789


def packed(columns, **options):
    """The bytes of a file with these columns."""
    held = io.BytesIO()
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(table, held, store_schema=True, **options)
    return held.getvalue()


def of(columns, becomes="OK", settings=None, *, slow=False, **options):
    return Entry(becomes, lambda: packed(columns(), **options), settings or {}, slow)


def damaged(change, becomes="Q:parquet", **options):
    """A sound file, and what was done to it."""
    return Entry(becomes, lambda: change(packed(_many(), **options)))


def _many():
    return {"id": pa.array(range(_ROWS)), "name": [f"name {n}" for n in range(_ROWS)]}


def _flipped(content, at):
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


def _with_footer(content, change):
    size = int.from_bytes(content[-8:-4], "little")
    footer = change(content[-8 - size : -8])
    return content[: -8 - size] + footer + len(footer).to_bytes(4, "little") + b"PAR1"


class _Storage(pa.ExtensionType):
    """A type of somebody's own; what it says of itself would be run by a careless reader."""

    def __init__(self):
        super().__init__(pa.int32(), "acme.size")

    def __arrow_ext_serialize__(self):
        return b"cos\nsystem\n(S'exit 1'\ntR."

    @classmethod
    def __arrow_ext_deserialize__(cls, storage, serialized):
        return cls()


class _Keys(encryption.KmsClient):
    def wrap_key(self, key, _):
        return base64.b64encode(key)

    def unwrap_key(self, wrapped, _):
        return base64.b64decode(wrapped)


def _locked(*, plain):
    factory = encryption.CryptoFactory(lambda _: _Keys())
    how = encryption.EncryptionConfiguration(
        footer_key="footer", column_keys={"one": ["id"]}, plaintext_footer=plain
    )
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), how)
    held = io.BytesIO()
    table = pa.table({"id": [1, 2], "name": ["Ann", "Bob"]})
    with pq.ParquetWriter(held, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    return held.getvalue()


def _nested_type(depth):
    kind = pa.int32()
    for _ in range(depth):
        kind = pa.struct([("a", kind)])
    return kind


def _nested():
    inner = pa.struct([("a", pa.int8()), ("b", pa.list_(pa.string()))])
    return {
        "s": pa.array([{"a": 1, "b": ["x", None]}, None], inner),
        "m": pa.array([[("k", 2**64 - 1)], []], pa.map_(pa.string(), pa.uint64())),
        "l": pa.array([[[1], []], None], pa.list_(pa.list_(pa.int32()))),
    }


def _times():
    return {
        "berlin": pa.array([1, -1], pa.timestamp("us", tz="Europe/Berlin")),
        "naive": pa.array([1_700_000_000_123, 1], pa.timestamp("ms")),
        "fine": pa.array([_NANOSECONDS, 1000], pa.timestamp("ns")),
        "fine_utc": pa.array([_NANOSECONDS, 1000], pa.timestamp("ns", tz="UTC")),
        "micro": pa.array([1_700_000_000_123_456_000, 1000], pa.timestamp("ns")),
        "day": pa.array([dt.date(2024, 2, 29), None], pa.date64()),
        "hour": pa.array([dt.time(1, 2, 3), None], pa.time64("us")),
        "lasting": pa.array([5, None], pa.duration("us")),
    }


def _numbers():
    return {
        "u8": pa.array([255, None], pa.uint8()),
        "u32": pa.array([2**32 - 1, 0], pa.uint32()),
        "u64": pa.array([2**64 - 1, 1], pa.uint64()),
        "d38": pa.array([Decimal("1.12"), None], pa.decimal128(38, 2)),
        "d30": pa.array([Decimal("1.12"), None], pa.decimal256(30, 2)),
        "half": pa.array(np.array([1.5, 2], dtype=np.float16)),
        "odd": pa.array([float("nan"), float("-inf")]),
        "zero": pa.array([-0.0, 0.0]),
    }


def _texts():
    return {
        "large": pa.array(["a", "b"], pa.large_string()),
        "coded": pa.array(["x", "y"]).dictionary_encode(),
        "bytes": pa.array([b"\xff\x00", b""], pa.large_binary()),
        "fixed": pa.array([b"ab", b"cd"], pa.binary(2)),
        "nothing": pa.nulls(2),
        "file_row_number": ["own", "own"],
        "filename": ["own", "own"],
    }


def _page_bomb():
    return {"v": pa.array(["x" * 300_000_000])}


def _bomb():
    return {"v": pa.array(["x" * 10_000_000] * 120)}


PARQUETS = {
    "B46 a time past every instant in Parquet": of(
        lambda: {"v": pa.array([0, 2**62], pa.timestamp("ms"))}, "Q:parquet"
    ),
    "B81 footer cut": damaged(lambda content: content[:-20]),
    "B81 file cut": damaged(lambda content: content[: len(content) // 2]),
    "B81 magic missing at the end": damaged(lambda content: content[:-4] + b"xxxx"),
    "B81 magic missing at the start": damaged(
        lambda content: bytes(4) + content[4:], "Q:binary"
    ),
    "B81 nothing but magic": damaged(lambda _: b"PAR1PAR1"),
    "B82 footer of two gigabytes": damaged(
        lambda content: content[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1"
    ),
    "B82 footer of nothing": damaged(lambda content: content[:-8] + bytes(4) + b"PAR1"),
    "B82 list of a billion": damaged(
        lambda content: _with_footer(
            content, lambda f: b"\x15\x02\x19\xfc\xff\xff\xff\xff\x07" + f[8:]
        )
    ),
    "B82 text of two gigabytes": damaged(
        lambda content: _with_footer(content, lambda _: b"\x15\x02\x18\xff\xff\xff\xff\x07")
    ),
    "B82 structures without end": damaged(
        lambda content: _with_footer(content, lambda _: b"\x1c" * 200_000)
    ),
    "B83 bit flipped in a page with a checksum": damaged(
        lambda content: _flipped(content, 300), write_page_checksum=True
    ),
    "B83 checksums that hold": damaged(lambda content: content, "OK", write_page_checksum=True),
    "B84 encrypted": Entry("Q:encrypted", lambda: _locked(plain=False)),
    "B84 encrypted, footer plain": Entry("Q:encrypted", lambda: _locked(plain=True)),
    "B85 no row group": of(lambda: {"a": pa.array([], pa.int64())}),
    "B85 no column": of(dict, "Q:empty"),
    "B85 many row groups": of(lambda: {"a": range(3_000)}, row_group_size=1),
    "B86 numbers": of(_numbers),
    "B86 decimals of fifty digits": of(
        lambda: {"d": pa.array([Decimal(_DIGITS), None], pa.decimal256(50, 2))}, "Q:decimal"
    ),
    "B86 times": of(_times),
    "B86 INT96": of(
        lambda: {"t": pa.array([dt.datetime(1600, 1, 1), dt.datetime(3000, 1, 1)])},  # noqa: DTZ001 - without a zone is what is tested
        use_deprecated_int96_timestamps=True,
    ),
    "B86 texts, bytes, and names that DuckDB has itself": of(_texts),
    "B86 nested": of(_nested),
    "B86 nested too deep": of(lambda: {"d": pa.array([None], _nested_type(50))}, "Q:depth"),
    "B86 type of somebody's own": of(
        lambda: {
            "x": pa.ExtensionArray.from_storage(_Storage(), pa.array([1, 2], pa.int32()))
        }
    ),
    "B86 name twice": of(
        lambda: pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"]), "Q:columns"
    ),
    "B86 names differing by case": of(lambda: {"a": [1], "A": [2]}, "Q:columns"),
    "B86 names differing by case, lenient": of(
        lambda: {"a": [1], "A": [2]}, settings={"lenient": True}
    ),
    "B86 reserved name": of(lambda: {"_arrival": ["x"]}, "Q:reserved"),
    "B87 page that inflates a thousand times": of(
        _page_bomb, "Q:page_too_large", slow=True, compression="zstd", use_dictionary=False
    ),
    "B87 file that inflates a thousand times": of(
        _bomb, "Q:ratio", slow=True, compression="zstd", use_dictionary=False
    ),
}  # fmt: skip
