"""The crash points that an embedded lake can reach, and which step may reach them."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "headwater"

_FAMILIES = {
    "land": ("up.", "in.", "ev.registered"),
    "link": ("up.", "in.", "ev.registered"),
    "drop": (),
    "sweep": ("gc.", "log.", "ckpt."),
    "replay": ("ev.registered",),
    "reconcile": ("reconcile.", "in.", "ev.registered"),
    "rebuild": ("up.", "log."),
}
_WORK = (
    "ev.", "reconcile.", "in.before_register", "in.after_register", "man.", "up.", "claim.", "src.",
    "part.", "rejects.", "stage.", "hb.", "log.", "ckpt.", "ledger.", "q.", "dlq.",
)  # fmt: skip


def reachable(verb: str) -> list[str]:
    """Points that a step of this kind may pass."""
    families = _FAMILIES.get(verb, _WORK)
    return [name for name in POINTS if name.startswith(families)] if families else []


def _in_source() -> list[str]:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        found.update(re.findall(r'point\("([a-z0-9_.]+)"\)', path.read_text(encoding="utf-8")))
    return sorted(found)


POINTS = _in_source()
