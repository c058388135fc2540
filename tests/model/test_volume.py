"""When a figure is far from those before it."""

from hypothesis import given
from hypothesis import strategies as st

from headwater.model.volume import LEAST, Unusual, unusual, unusual_words

FIGURES = st.lists(st.integers(0, 10**9), min_size=LEAST, max_size=56)


def test_fewer_than_five_earlier_figures_tell_nothing():
    assert unusual("rows", 1_000_000, [1] * 4) is None
    assert unusual("rows", 1_000_000, [1] * 5) is not None


def test_figures_that_never_varied_may_vary_by_a_quarter():
    assert unusual("rows", 125, [100] * 8) is None
    assert unusual("rows", 126, [100] * 8) == Unusual("rows", 126, 100, 75.0, 125.0, 8)
    assert unusual("files", 2, [1] * 8) is not None


def test_a_few_odd_figures_among_the_earlier_hide_nothing():
    earlier = [100, 101, 99, 100, 102, 98, 100, 5_000, 0]

    assert unusual("rows", 5_000, earlier) is not None
    assert unusual("rows", 110, earlier) is None


def test_figures_that_vary_much_may_go_on_to():
    assert unusual("rows", 300, [100, 200, 50, 400, 250, 120]) is None


@given(FIGURES)
def test_the_median_is_never_unusual(earlier):
    assert unusual("rows", sorted(earlier)[len(earlier) // 2], earlier * 2) is None


@given(FIGURES, st.integers(0, 10**9))
def test_what_is_unusual_lies_outside_of_what_nobody_would_wonder_at(earlier, figure):
    found = unusual("rows", figure, earlier)

    assert found is None or figure < found.low or figure > found.high


def test_the_words_have_the_figure_what_is_usual_and_by_what():
    odd = Unusual("rows", 12, 100.0, 75.0, 125.0, 8, same_weekday=True)

    assert unusual_words(odd) == (
        "12 rows, 100 rows are usual (75 to 125, by 8 periods of the same weekday)"
    )
