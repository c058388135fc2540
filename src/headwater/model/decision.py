"""What a person decides about columns that files bring, or do not bring."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.model.types import Column


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is to be added to a feed, in this order."""

    accepted: tuple[Column, ...] = ()  # to its `schema`
    renamed: tuple[tuple[str, str], ...] = ()  # to its `rename`: a file's name, and the column
    refused: tuple[str, ...] = ()  # to what it says in `refuse`
