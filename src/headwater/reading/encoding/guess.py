"""Which encoding a text that is not UTF-8 is likely to have; a suggestion, never a decision.

Each candidate decodes a sample, and its letters outside ASCII are judged by their words:
a right reading gives words of one script, with the letters that its languages use most
and capitals only in front. A wrong one mixes scripts, cases and signs.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SAMPLE_BYTES = 64 * 1024
_JUDGED_BYTES = 8 * 1024
_LONG_WORD = 3
_COMMON, _KNOWN, _SIGN, _STRANGE, _WRONG = 1.0, 0.5, 0.3, -0.5, -1.0
_PAIR = 1.1  # of quotes, which few wrong readings have
_LEAST_SCORE = 0.2
_SHOWN = 12
_SIGNS = frozenset("“”„‘’‚«»–—…€£¥°§·•№™®©±²³½¼¾×µ\xa0¿¡ºª")  # noqa: RUF001 - as texts have them
_PAIRED = re.compile(r"(?<!\w)[“„«‘](\w[^“”„«»‘’\n]{0,80})[”“»’](?!\w)")  # noqa: RUF001 - same
_JOINING = frozenset("’'·")  # noqa: RUF001 - same
_WEST = (
    "éèêëàâçîïôùûüœæÿ",  # French
    "äöüß",
    "áéíóúüñ",  # Spanish
    "áâãàçéêíóôõúü",  # Portuguese
    "åäöæøéü",  # Nordic
    "àèéìòù",  # Italian
)
_EAST = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýžľĺŕôä",  # Czech and Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîșțşţ",  # Romanian
    "čćđšž",  # Croatian
)
_ICELANDIC = ("áéíóúýðþæö",)
_TURKISH = ("çğıöşüâîİ",)
_BALTIC = ("ąčęėįšųūž", "āčēģīķļņšūž", "õäöüšž")
_RUSSIAN = "оеаинтсрвлкмдпуОЕАИНТСРВЛКМДПУ"
_SELDOM_RUSSIAN = "фъэшщцюхжёФЪЭШЩЦЮХЖЁЫЬђѓѕјљњћќўџЂЃЅЈЉЊЋЌЎЏѐѝѢѣ"
_GREEK = "αοιετνσηρπκςλμυΑΟΙΕΤΝΣΗΡΠΚΛΜ"
_HEBREW = "יוהלאתרבמשנםעד"
_ARABIC = "الينمروتبةعدسه"
_THAI = "านรอกเงมยลวดทส่้ีัิ"
_HAN = (
    "的一是不了在人有我他中大上和地到以要就出可也你生能而子那得自之年下多成方日本市"
    "王李林金公司名明文山水天小心家分部"
)
_SIMPLE = _HAN + "这个们来为国说时会对过发后张刘陈区县号码产电单价数量订户马杨黄赵吴广东"
_TRADITIONAL = _HAN + "這個們來為國說時會對過發後張劉陳區縣號碼產電單價數量訂戶馬楊黃趙吳廣東臺"
_KOREAN = "이다는을가의에하고지기로한사를서인나시리대도동구김박정수부자보어주스전제일상원산장라"
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fc、。]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A likely encoding, and how some of the text reads in it."""

    encoding: str  # as a feed declares it
    excerpt: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    encoding: str
    script: tuple[str, str]  # its letters lie between; Latin's lie among ASCII's
    common: str
    seldom: str = ""

    @property
    def latin(self) -> bool:
        return not self.script[0]


_LATIN = ("", "")
_CYRILLIC = ("\u0400", "\u04ff")
_CJK = ("\u3000", "\ud7a3")


def _latin(encoding: str, languages: tuple[str, ...]) -> list[_Candidate]:
    return [_Candidate(encoding, _LATIN, letters + letters.upper()) for letters in languages]


# Where two read a text alike, the first is the one that is more often met.
_CANDIDATES = (
    *_latin("windows-1252", _WEST),
    *_latin("windows-1250", _EAST),
    *_latin("iso-8859-2", _EAST),
    *_latin("windows-1254", _TURKISH),
    *_latin("windows-1252", _ICELANDIC),
    *_latin("windows-1257", _BALTIC),
    *_latin("iso-8859-15", _WEST),
    *_latin("cp850", _WEST),
    *_latin("cp852", _EAST),
    *_latin("mac-roman", _WEST),
    _Candidate("windows-1251", _CYRILLIC, _RUSSIAN, _SELDOM_RUSSIAN),
    _Candidate("koi8-r", _CYRILLIC, _RUSSIAN, _SELDOM_RUSSIAN),
    _Candidate("cp866", _CYRILLIC, _RUSSIAN, _SELDOM_RUSSIAN),
    _Candidate("iso-8859-5", _CYRILLIC, _RUSSIAN, _SELDOM_RUSSIAN),
    _Candidate("windows-1253", ("\u0370", "\u03ff"), _GREEK),
    _Candidate("windows-1255", ("\u0590", "\u05ff"), _HEBREW),
    _Candidate("windows-1256", ("\u0600", "\u06ff"), _ARABIC),
    _Candidate("windows-874", ("\u0e00", "\u0e7f"), _THAI),
    _Candidate("shift_jis", _CJK, _HAN),
    _Candidate("euc-jp", _CJK, _HAN),
    _Candidate("gb18030", _CJK, _SIMPLE),
    _Candidate("big5", _CJK, _TRADITIONAL),
    _Candidate("euc-kr", _CJK, _KOREAN),
)
# What Microsoft's encodings add is met under the plain names.
_CODECS = {"shift_jis": "cp932", "big5": "cp950", "euc-kr": "cp949", "windows-874": "cp874"}


def likely_encoding(text: bytes) -> Guess | None:
    """The likeliest encoding of a text that is not UTF-8; None if no candidate reads well."""
    lines = [line for line in text[:_SAMPLE_BYTES].split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines)[:_JUDGED_BYTES]
    best: tuple[float, Guess] | None = None
    readings = {each.encoding: _read(sample, each.encoding) for each in _CANDIDATES}
    for candidate in _CANDIDATES:
        reading = readings[candidate.encoding]
        if reading is None:
            continue
        score = _score(reading, candidate)
        if score > _LEAST_SCORE and (best is None or score > best[0]):
            best = score, Guess(candidate.encoding, _excerpt(reading))
    return best[1] if best else None


def _read(sample: bytes, encoding: str) -> str | None:
    decoder = codecs.getincrementaldecoder(_CODECS.get(encoding, encoding))()
    try:
        return decoder.decode(sample)
    except UnicodeDecodeError:
        return None


def _score(reading: str, candidate: _Candidate) -> float:
    """The mean judgement of all letters and signs outside ASCII."""
    count = 2 * len(_PAIRED.findall(reading))
    total = count * _PAIR
    for word in _words(_PAIRED.sub(r"\1", reading)):
        for place, letter in enumerate(word):
            if not letter.isascii():
                total += _judge(word, place, candidate)
                count += 1
    return total / count if count else 0.0


def _words(reading: str) -> Iterator[str]:
    """Stretches of letters, and of whatever else is not ASCII."""
    return (found[0] for found in re.finditer(r"[^\x00-\x40\x5b-\x60\x7b-\x7f]+", reading))


def _judge(word: str, place: int, candidate: _Candidate) -> float:
    letter = word[place]
    if letter in _SIGNS:
        inside = 0 < place < len(word) - 1 and letter not in _JOINING
        return (
            _WRONG if inside and word[place + 1].isalpha() and word[place - 1].isalpha() else _SIGN
        )
    if candidate.latin:
        return _judge_latin(word, place, candidate.common)
    first, last = candidate.script
    if not first <= letter <= last:
        return _WRONG
    if candidate.script == _CJK:
        return _judge_cjk(letter, candidate)
    if _breaks_case(word, place) or any(other.isascii() for other in word):
        return _WRONG
    known = 0.0 if letter in candidate.seldom else _KNOWN
    return _COMMON if letter in candidate.common else known


def _judge_latin(word: str, place: int, common: str) -> float:
    letter = word[place]
    if not letter.isalpha() or _breaks_case(word, place):
        return _WRONG
    if len(word) >= _LONG_WORD and not any(other.isascii() for other in word):
        return _WRONG
    if letter in common:
        return _COMMON
    return 0.0 if "\u00c0" <= letter <= "\u017f" else _STRANGE


def _judge_cjk(letter: str, candidate: _Candidate) -> float:
    japanese = candidate.common is _HAN
    if letter in candidate.common:
        return _COMMON
    if _KANA.match(letter):
        return _COMMON if japanese else _STRANGE
    korean = "\uac00" <= letter <= "\ud7a3"
    if korean != (candidate.common is _KOREAN):
        return _STRANGE
    return _KNOWN if _is_ordinary(letter, candidate.encoding) else _STRANGE


def _is_ordinary(letter: str, encoding: str) -> bool:
    """Whether it is in that part of the character set that everyday writing takes."""
    if encoding == "shift_jis":
        return letter.encode("euc-jp", "ignore")[:1] in _ordinary_leads("euc-jp")
    return letter.encode(_CODECS.get(encoding, encoding), "ignore")[:1] in _ordinary_leads(encoding)


def _ordinary_leads(encoding: str) -> frozenset[bytes]:
    first, last = _ORDINARY[encoding]
    return frozenset(bytes([byte]) for byte in range(first, last + 1))


_ORDINARY = {
    "euc-jp": (0xA1, 0xCF),
    "gb18030": (0xA1, 0xD7),
    "big5": (0xA1, 0xC6),
    "euc-kr": (0xA1, 0xC8),
}


def _breaks_case(word: str, place: int) -> bool:
    """Whether a capital follows a small letter there, or the other way round in capitals."""
    return place > 0 and word[place].isupper() and word[place - 1].islower()


def _excerpt(reading: str) -> str:
    """A word of the text, to see whether it reads well."""
    words = [word for word in _words(reading) if not word.isascii() and word.isalpha()]
    return max(words, key=len, default="")[:_SHOWN]
