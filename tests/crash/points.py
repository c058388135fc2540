"""The crash points that an embedded lake can reach, and which step may reach them."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "headwater"

# Rooms of lakes that lie in buckets: the kit's lie in folders.
_ELSEWHERE = ("adapters/aws", "adapters/objects", "adapters/staging", "adapters/delta/stored")

_LAND = ("up.", "in.", "ev.registered")
_WORK = (
    "ev.", "reconcile.", "in.before_register", "in.after_register", "man.", "up.", "claim.", "src.",
    "part.", "rejects.", "replace.", "stage.", "hb.", "log.", "ckpt.", "ledger.", "q.", "cmp.",
)  # fmt: skip
_REFRESH = ("man.", "claim.", "src.", "part.", "stage.", "hb.", "log.", "ckpt.", "ledger.")
_FAMILIES = {
    "land": _LAND,
    "link": _LAND,
    "lossy_land": _LAND,
    "ingest": _WORK,
    "work": _WORK,
    "lossy_work": _WORK,
    "bury": ("dlq.", "claim.", "log.", "q."),
    "sweep": ("gc.", "retention.", "log.", "ckpt."),
    "compact": ("cmp.", "log.", "ckpt.", "part."),
    **dict.fromkeys(("refresh", "refresh_full", "lossy_refresh"), _REFRESH),
    "replay": ("replay.",),
    "reconcile": ("reconcile.", "in.before_register", "in.after_register", "ev.registered"),
    "rebuild": ("up.", "log."),
}


def reachable(verb: str) -> list[str]:
    """Points that a step of this kind may pass."""
    return [name for name in POINTS if name.startswith(_FAMILIES.get(verb, "-"))]


def _in_source() -> list[str]:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).as_posix().startswith(_ELSEWHERE):
            continue
        found.update(re.findall(r'point\("([a-z0-9_.]+)"\)', path.read_text(encoding="utf-8")))
    return sorted(found)


# The kit's lakes tell nobody of anything: tests/cli/test_expected.py kills at those points.
POINTS = [name for name in _in_source() if not name.startswith("notify.")]
