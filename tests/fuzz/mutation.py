"""What may happen to a file on its way: bytes flipped, cut, doubled, put in, taken from another."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from random import Random

ODD = [
    b'"',
    b"'",
    b"\\",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
]
ODD += [
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"&",
    b"<!--",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
]
ODD += [
    b"\\.\n",
    b"');",
    b"/*",
    b"--",
    b"\\u",
    b"\\ud800",
    b"\xed\xa0\x80",
    b"PK\x03\x04",
    b"PAR1",
    b"\x1f\x8b",
]
ODD += [
    b"9" * 5000,
    b"[" * 3000,
    b"<a>" * 3000,
    b"," * 20_000,
    b'"' * 999,
    b"e999",
    b"NaN",
    b"\xe2\x80\xa8",
]
ALIKE = (b"0123456789", b"abcdefxyzE")
LIKELY = b'09ae.-+ &;<>"\0\1\2\3\x7f\x80\xff'
_LARGE = 24 << 20
"""No mutant is larger."""


def mutated(random: Random, content: bytes, other: bytes) -> bytes:
    """The content, changed in one to four ways."""
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        content = random.choice(WAYS)(random, content, other)
    return content[:_LARGE]


def touched(random: Random, content: bytes) -> bytes:
    """The content with one byte or two that are others: what often still is a file of its kind."""
    changed = bytearray(content)
    for _ in range(random.choice([1, 1, 2])):
        at = random.randrange(len(changed) or 1)
        alike = next((each for each in ALIKE if changed[at : at + 1] in each), LIKELY)
        changed[at : at + 1] = bytes([random.choice(alike)])
    return bytes(changed)


def _place(random: Random, content: bytes) -> int:
    """Anywhere, and more often near the beginning or the end."""
    near = random.randrange(min(len(content), 64) + 1)
    return random.choice([random.randrange(len(content) + 1), near, len(content) - near])


def _flip(random: Random, content: bytes, _: bytes) -> bytes:
    changed = bytearray(content)
    for _n in range(random.choice([1, 1, 3, 20])):
        if changed:
            at = min(_place(random, content), len(changed) - 1)
            changed[at] ^= random.choice([1, 2, 4, 8, 16, 32, 64, 128, 255])
    return bytes(changed)


def _set(random: Random, content: bytes, _: bytes) -> bytes:
    at = _place(random, content)
    return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]


def _cut_end(random: Random, content: bytes, _: bytes) -> bytes:
    return content[: _place(random, content)]


def _cut_start(random: Random, content: bytes, _: bytes) -> bytes:
    return content[_place(random, content) :]


def _cut_out(random: Random, content: bytes, _: bytes) -> bytes:
    at = _place(random, content)
    return content[:at] + content[at + random.choice([1, 2, 10, 300, 70_000]) :]


def _put_in(random: Random, content: bytes, _: bytes) -> bytes:
    at = _place(random, content)
    return content[:at] + random.choice(ODD) + content[at:]


def _double(random: Random, content: bytes, _: bytes) -> bytes:
    at = _place(random, content)
    some = content[at : at + random.choice([1, 7, 50, 3_000])]
    return content[:at] + some * random.choice([2, 2, 2, 50, 2_000]) + content[at:]


def _splice(random: Random, content: bytes, other: bytes) -> bytes:
    return content[: _place(random, content)] + other[_place(random, other) :]


def _swap(random: Random, content: bytes, _: bytes) -> bytes:
    a, b = sorted((_place(random, content), _place(random, content)))
    return content[b:] + content[a:b] + content[:a]


def _zeros(random: Random, content: bytes, _: bytes) -> bytes:
    at = _place(random, content)
    size = random.choice([1, 16, 4096])
    return content[:at] + bytes(size) + content[at + size :]


def _packed(random: Random, content: bytes, _: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0) + random.choice([b"", b"", b"\0\0", b"rest"])


def _bomb(random: Random, content: bytes, _: bytes) -> bytes:
    """Much that packs to little."""
    more = random.choice([b"\0", b"a", b"a,b\n", b"<a>", b"[", b'{"a":1}\n', b"\n"])
    return gzip.compress(content + more * random.choice([10_000, 1_000_000, 3_000_000]), 1, mtime=0)


WAYS: list[Callable[[Random, bytes, bytes], bytes]] = [
    *[_flip] * 6,
    *[_set] * 3,
    *[_cut_end] * 3,
    _cut_start,
    *[_cut_out] * 3,
    *[_put_in] * 6,
    *[_double] * 3,
    *[_splice] * 2,
    _swap,
    _zeros,
    _packed,
]
BOMBS = [_bomb]
