"""Which key of its object an element or attribute gets, the same all through a file.

The key is the local name. Of two that would share it in one kind of element, who comes
first keeps it: the other element gets its prefix (b_id) or a number (id_2), and an
attribute an @. Elements come before attributes of the same object. What has the same
namespace and local name has the same key, whatever prefix it comes with.
"""

from __future__ import annotations

from headwater.reading.unreadable import Unreadable

SEPARATOR = "\x1f"  # between namespace, local name and prefix; no XML has it
_INSTANCE = f"http://www.w3.org/2001/XMLSchema-instance{SEPARATOR}"
_NIL = f"{_INSTANCE}nil"
_MOST = 10_000


class Names:
    """How many names a file has: expat keeps them all, so their number is limited."""

    def __init__(self) -> None:
        """Begin with none."""
        self._count = 0
        self._locals: dict[str, str] = {}

    def count(self) -> None:
        """One more name, or name in another place."""
        self._count += 1
        if self._count > _MOST:
            raise Unreadable(
                "too_wide",
                f"it has more than {_MOST:,} different elements and attributes; "
                "have its sender put what varies into values, or split the file",
            )

    def local(self, name: str) -> str:
        """The local name of an element that is no field."""
        known = self._locals.get(name)
        if known is None:
            self.count()
            known = self._locals[name] = split(name)[1]
        return known


class Kind:
    """Elements of one name below elements of one kind."""

    __slots__ = (
        "_attributes",
        "_kinds",
        "_names",
        "_used",
        "attribute_keys",
        "children",
        "key",
        "local",
        "prefix",
    )

    def __init__(self, names: Names, local: str = "", prefix: str = "") -> None:
        """Take the count that all kinds share, and how the element is called."""
        self.key = ""  # until it is a field of an object
        self.local = local
        self.prefix = prefix
        self.children: dict[str, Kind] = {}  # by name as expat has it
        self.attribute_keys: dict[str, str] = {}
        self._names = names
        self._attributes: dict[tuple[str, str], str] = {}  # by namespace and local name
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._used: set[str] = set()

    def child(self, name: str) -> Kind:
        """The kind of the elements of that name below, from their first on."""
        self._names.count()
        space, local, prefix = split(name)
        kind = self._kinds.get((space, local))
        if kind is None:
            kind = self._kinds[space, local] = Kind(self._names, local, prefix)
        self.children[name] = kind
        return kind

    def name_child(self, child: Kind) -> str:
        """Give a kind below its key."""
        local, prefix = child.local, child.prefix
        child.key = self._free(local, f"{prefix}_{local}" if prefix else local, f"{local}_")
        return child.key

    def name_attribute(self, name: str) -> str:
        """Give an attribute its key."""
        self._names.count()
        space, local, prefix = split(name)
        key = self._attributes.get((space, local))
        if key is None:
            spelled = f"@{prefix}_{local}" if prefix else f"@{local}"
            key = self._attributes[space, local] = self._free(local, f"@{local}", f"{spelled}_")
        self.attribute_keys[name] = key
        return key

    def _free(self, first: str, second: str, numbered: str) -> str:
        key = next((each for each in (first, second) if each not in self._used), "")
        number = 2
        while not key:
            if f"{numbered}{number}" not in self._used:
                key = f"{numbered}{number}"
            number += 1
        self._used.add(key)
        return key


def split(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix of a name as expat has it."""
    space, separator, rest = name.partition(SEPARATOR)
    if not separator:
        return "", name, ""
    local, _, prefix = rest.partition(SEPARATOR)
    return space, local, prefix


def is_instance_attribute(name: str) -> bool:
    """Whether it is one of XML Schema's, which are about reading."""
    return name.startswith(_INSTANCE)


def is_nil(name: str, value: str) -> bool:
    """Whether it makes its element null."""
    return name.startswith(_NIL) and split(name)[1] == "nil" and value.strip() in {"true", "1"}
