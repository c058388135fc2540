"""Whatever shapes the rows of an XML text have, another parser reads the same."""

import random
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.unreadable import Unreadable
from tests.reading.xmltexts import objects, read, refused


class Names:
    """Keys as the reference gives them: elements first, who comes first keeps the name."""

    def __init__(self):
        self.keys, self.used = {}, {}

    def key(self, path, name, *, attribute):
        identity = (path, name, attribute)
        if identity not in self.keys:
            used = self.used.setdefault(path, set())
            numbered = [f"{'@' if attribute else ''}{name}_{n}" for n in range(2, 9)]
            choices = [name, f"@{name}", *numbered] if attribute else [name, *numbered]
            key = next(choice for choice in choices if choice not in used)
            used.add(key)
            self.keys[identity] = key
        return self.keys[identity]


def reference(text):
    """The rows as an independent parser gives them."""
    names = Names()

    def value(element, path, *, row):
        if not row and not len(element) and not element.attrib:
            return element.text or ""
        fields = {}
        for child in element:
            inner = value(child, (*path, child.tag), row=False)
            fields.setdefault(names.key(path, child.tag, attribute=False), []).append(inner)
        made = {names.key(path, n, attribute=True): v for n, v in element.attrib.items()}
        made |= {key: each if len(each) > 1 else each[0] for key, each in fields.items()}
        content = (element.text or "") + "".join(child.tail or "" for child in element)
        if content and (content.strip(" \t\r\n") or not fields):
            made["#text"] = content
        return made

    def rows(element):
        if element.tag == "row":
            yield value(element, (), row=True)
        else:
            for child in element:
                yield from rows(child)

    return list(rows(ET.fromstring(text)))  # noqa: S314 - texts made here


letters = st.text(st.sampled_from("ab 1&<>\"'\\%\t\n\r]é\u2028\ue000\U0001f600{}"), max_size=6)
tags = st.sampled_from(["a", "b", "c", "é"])
trees = st.recursive(
    st.tuples(tags, st.dictionaries(tags, letters, max_size=2), letters | st.just(""), st.just([])),
    lambda inner: st.tuples(
        tags,
        st.dictionaries(tags, letters, max_size=1),
        st.sampled_from(["", "", "", " ", "\n  ", "x"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=8,
)


def spelled(tree, draw, name=None):
    """One of the ways to write an element."""
    tag, attributes, text, children = tree
    tag = name or tag
    start = "".join([f" {n}={quoteattr(v)}" for n, v in attributes.items()])
    content = escape(text).replace("\r", "&#13;")
    form = draw(st.integers(0, 9)) if content else 9
    if form == 0:
        content = f"<!--x-->{content}<![CDATA[<]]>"
    elif form == 1:
        content += "<![CDATA[<]]>&amp;<![CDATA[\r\n]]>"
    elif form == 2 and "\r" not in text:
        content = f"<![CDATA[{text}]]>"
    for child in children:
        content += spelled(child, draw) + draw(st.sampled_from(["", "", "\n", " "]))
    if not content and draw(st.booleans()):
        return f"<{tag}{start}/>"
    return f"<{tag}{start}>{content}</{tag}>"


@st.composite
def documents(draw):
    forms = draw(st.lists(trees, min_size=1, max_size=3))
    rows = []
    for number in draw(st.lists(st.integers(0, 5), max_size=24)):
        tag, attributes, text, children = forms[number % len(forms)]
        if number >= len(forms):  # the same form with other values, or without some of them
            attributes = {n: draw(letters) for n in attributes if draw(st.integers(0, 3))}
            children = [
                (t, a, draw(letters) if not c else x, c)
                for t, a, x, c in children
                if draw(st.integers(0, 3))
            ]
        rows.append(spelled((tag, attributes, text, children), draw, "row"))
        rows.append(draw(st.sampled_from(["", "\n", "\r\n  "])))
    return f"<rows>{''.join(rows)}</rows>".encode()


@given(documents(), st.integers(1, 60), st.sampled_from([1, 50, 400, 1 << 20]))
@settings(deadline=None)
def test_any_document_is_read_as_another_parser_reads_it(text, size, window):
    pieces = read(text, "row", size=size, window=window)

    assert objects(pieces) == reference(text)
    assert refused(pieces) == []


DAMAGE = [
    *(b"<", b">", b"&", b"]]>", b"\x00", b"\x0b", b"\xff", b"\xc3", b'"', b"/", b"&#0;", b" "),
    *(b"&amp;", b"row", b"<!--", b"-->", b"\xef\xbf\xbe", b"\xed\xa0\x80", b"=", b"'"),
    *(b"<![CDATA[", b"<![CDATA[x]]>", b"]]>"),
]


def sound(text):
    try:
        return reference(text)
    except ET.ParseError:
        return "xml"


def read_or_refused(text, window):
    try:
        return objects(read(text, "row", window=window))
    except Unreadable as refusal:
        return refusal.cause.code


@given(st.integers(0, 1 << 32), st.sampled_from([40, 1 << 20]))
@settings(deadline=None, max_examples=400)
def test_damage_in_rows_that_look_the_same_is_seen_as_another_parser_sees_it(seed, window):
    chance = random.Random(seed)
    rows = [
        b'<row n="%d"><a>x%d</a>\n<b>&amp;<![CDATA[<]]></b><c/></row>\n' % (n, n) for n in range(20)
    ]
    if chance.random() < 0.5:  # names that may be missing
        rows[1::3] = [b"<row><b>%d</b><d>y</d></row>\n" % n for n in range(1, 20, 3)]
        rows[2::5] = [b'<row m="%d"/>\n' % n for n in range(2, 20, 5)]
    text = b"<rows>" + b"".join(rows) + b"</rows>"
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(len(text))
        text = text[:place] + chance.choice(DAMAGE) + text[place + chance.randint(0, 3) :]

    assert read_or_refused(text, window) == sound(text)
