"""Every key below `zones`: its kind, default, meaning and an example."""

from __future__ import annotations

from headwater.config import kinds
from headwater.config.keyed import Keys, key


class ZoneKeys(Keys):
    """Zones that lie elsewhere than below the lake, each with its place."""

    raw: kinds.LocationIfAny = key(None, "Files as received, never changed.", "/data/raw")
    processed: kinds.LocationIfAny = key(None, "Tables that feeds write.", "/data/tables")
    curated: kinds.LocationIfAny = key(None, "Tables that models write.", "/data/curated")
    quarantine: kinds.LocationIfAny = key(None, "Refused rows.", "/data/refused")
    manifests: kinds.LocationIfAny = key(None, "What was converted together.", "/data/books")
    results: kinds.LocationIfAny = key(None, "Results of queries.", "/data/results")
