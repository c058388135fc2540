"""The fuzz run finds nothing, and would find what it is there for."""

import os
from decimal import Decimal

import pytest

from tests.differential.reading import Outcome, read_records
from tests.differential.through import Through
from tests.fuzz import watched
from tests.fuzz.judge import flaw_of
from tests.fuzz.mutation import mutated
from tests.fuzz.originals import MAKERS, Original
from tests.fuzz.reference import READERS, difference
from tests.fuzz.run import Fuzz, Mutant, mutant_of

SEED, MUTANTS = 11, 120


def findings(tmp_path, rooms, mutants=150):
    """What a run finds with a reader in place of the rooms, and no engine."""
    fuzz = Fuzz(SEED, tmp_path / "kept", rooms=rooms)
    with fuzz.opened():
        fuzz.run(mutants=mutants, shares=(0, 0))
    return fuzz.tally.findings


@pytest.mark.slow
def test_mutants_are_read_or_refused_and_nothing_else(tmp_path):
    fuzz = Fuzz(SEED, tmp_path / "kept")
    with fuzz.opened():
        fuzz.run(mutants=MUTANTS)

    assert list(map(str, fuzz.tally.findings)) == []
    assert fuzz.tally.by_engine >= MUTANTS * 0.15
    assert fuzz.tally.by_lakes


def test_the_rooms_alone_take_many_more(tmp_path):
    assert list(map(str, findings(tmp_path, read_records, mutants=400))) == []


def test_a_seed_says_all_that_is_done():
    assert [mutant_of(7, n).content for n in range(20)] == [
        mutant_of(7, n).content for n in range(20)
    ]


def test_what_fails_is_kept_as_it_was(tmp_path):
    def fails(path, settings):
        raise ValueError(path)

    (first, *_) = findings(tmp_path, fails, mutants=3)

    assert (tmp_path / "kept" / f"{SEED}-0").read_bytes() == mutant_of(SEED, 0).content
    assert "ValueError" in first.flaw


def _dropping(path, settings):
    outcome = read_records(path, settings)
    if len(outcome.rows) > 2:
        outcome.rows.pop(1)
        outcome.counted -= 1
    return outcome


def _altering(path, settings):
    outcome = read_records(path, settings)
    if outcome.rows and isinstance(outcome.rows[-1], tuple):
        outcome.rows[-1] = (*outcome.rows[-1][:-1], "other")
    return outcome


def _miscounting(path, settings):
    outcome = read_records(path, settings)
    outcome.counted += 1
    return outcome


def _forgetting(path, settings):
    outcome = read_records(path, settings)
    outcome.counted -= len(outcome.refused)
    outcome.refused.clear()
    outcome.raws.clear()
    return outcome


def _breaking(path, settings):
    if len(path.read_bytes()) % 5 == 0:
        raise IndexError("tuple index out of range")
    return read_records(path, settings)


@pytest.mark.parametrize(
    "broken", [_dropping, _altering, _miscounting, _forgetting, _breaking], ids=lambda f: f.__name__
)
def test_a_broken_reader_is_caught(tmp_path, broken):
    assert findings(tmp_path, broken)


def _hanging(path, settings):
    while True:
        pass


def test_a_reader_that_hangs_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(watched, "SECONDS", 0.05)

    (found,) = findings(tmp_path, _hanging, mutants=1)

    assert "took longer" in found.flaw


def test_memory_is_weighed():
    watched.forget_peak(os.getpid())
    held = bytearray(64 << 20)

    assert watched.peak_bytes(os.getpid()) > len(held)


@pytest.mark.parametrize("kind", MAKERS)
def test_what_no_mutation_touched_is_read(tmp_path, kind):
    for number in range(5):
        original = MAKERS[kind](mutant_of(5, number).random)
        path = tmp_path / "sound"
        path.write_bytes(original.file)

        outcome = read_records(path, original.settings)

        assert flaw_of(original, original.file, outcome) is None
        if original.lines:
            assert len(outcome.rows) == len(original.lines)


def test_a_row_that_is_nowhere_is_missed():
    original = Original(b"id,a,b\nr0,x,y\n", {"format": "csv"}, lines={b"r0,x,y": ("r0", "x", "y")})
    read = Outcome(("id", "a", "b"), [("r1", "x", '"')], counted=1)

    assert "'r0'" in (flaw_of(original, b'id,a,b\nr0,x,y\nr1,x,""""\n', read) or "")


class _Lying(Through):
    """Reads the last cell of every file otherwise."""

    def read(self, path, settings):
        outcome = super().read(path, settings)
        if outcome.rows:
            outcome.rows[-1] = (*outcome.rows[-1][:-1], "other")
        return outcome


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(("through", "flaws"), [(Through, 0), (_Lying, 1)])
def test_typed_values_are_what_another_reader_reads(tmp_path, kind, through, flaws):
    random = mutant_of(4, 0).random
    sound = MAKERS[kind](random)
    fuzz = Fuzz(SEED, tmp_path / "kept", through=through())
    with fuzz.opened():
        fuzz.beside_another(Mutant(0, kind, sound, sound.file, random))

    assert [each.reader for each in fuzz.tally.findings] == ["values"] * flaws
    assert fuzz.tally.by_others == 1


@pytest.mark.parametrize(
    ("ours", "refused"), [([(1, "x")], 0), ([(1, "x"), (2, "z")], 0), ([(1, "x")] * 2, 0)]
)
def test_a_row_that_another_reader_does_not_have_is_a_flaw(ours, refused):
    assert difference([(1, "x"), (2, "y")], ours, refused) is not None


def test_refused_rows_and_other_ways_to_say_a_value_are_none():
    assert difference([(1.0, "x"), (2, "y")], [(Decimal("1.00"), "x")], 1) is None


def test_mutations_change_what_they_are_given():
    random = mutant_of(3, 0).random

    assert (
        sum(mutated(random, b"a,b\n1,2\n" * 9, b"<a/>") != b"a,b\n1,2\n" * 9 for _ in range(60))
        > 50
    )
