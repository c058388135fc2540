"""Lines with quotes, all at once: which of them are surely a record each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headwater.reading.delimited.grammar import Grammar

_FEED = ord("\n")


def doubtful(
    text: bytes, starts: npt.NDArray[np.intp], grammar: Grammar
) -> npt.NDArray[np.intp] | None:
    """The lines of a text that are not surely one record; None if that is not to be told so.

    The starts are those of its lines, and the place behind the last line's end. Where each line
    has an even number of quotes, what stands before a letter tells whether that is between quotes.
    """
    if grammar.escape or not len(grammar.delimiter) == len(grammar.quote) == 1 or b"\r" in text:
        return None
    letters = np.frombuffer(text, np.uint8)
    quotes = letters == ord(grammar.quote)
    places = np.flatnonzero(quotes)
    if (places.searchsorted(starts) & 1).any():
        return None
    delimiter = ord(grammar.delimiter)
    outside = np.bitwise_xor.accumulate(quotes) == 0
    marks = np.flatnonzero((letters == delimiter) & outside)
    odd = np.flatnonzero(np.diff(marks.searchsorted(starts)) != grammar.width - 1)
    stray = places[_stray(letters, places, delimiter)]
    return np.union1d(odd, starts.searchsorted(stray, "right") - 1)


def _stray(
    letters: npt.NDArray[np.uint8], places: npt.NDArray[np.intp], delimiter: int
) -> npt.NDArray[np.bool_]:
    """Which quotes neither begin nor end a cell, nor are doubled within one."""
    around = np.concatenate((np.full(1, _FEED, np.uint8), letters, np.full(1, _FEED, np.uint8)))
    beside = around[places]  # before those that open
    beside[1::2] = around[places[1::2] + 2]  # behind those that close
    stray: npt.NDArray[np.bool_] = (
        (beside != delimiter) & (beside != _FEED) & (beside != letters[places[:1]])
    )
    return stray
