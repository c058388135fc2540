"""Column types as users and catalogues write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.model.types import Column, Schema, Type, decimal, parse_type

SCALARS = st.sampled_from(["text", "boolean", "bigint", "double", "date", "timestamp", "binary"])
LEAVES = st.one_of(
    SCALARS.map(Type),
    st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda s: decimal(p, s))),
)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


def _nest(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return st.one_of(
        inner.map(lambda t: Type("array", children=(("element", t),))),
        st.tuples(inner, inner).map(
            lambda kv: Type("map", children=(("key", kv[0]), ("value", kv[1])))
        ),
        st.lists(st.tuples(NAMES, inner), min_size=1, max_size=3).map(
            lambda fields: Type("struct", children=tuple(fields))
        ),
    )


@given(st.recursive(LEAVES, _nest, max_leaves=6))
def test_every_type_is_read_back_as_it_is_written(type_):
    assert parse_type(str(type_)) == type_


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("string", "text"),
        ("VARCHAR", "text"),
        (" Integer ", "int"),
        ("numeric(12, 2)", "decimal(12,2)"),
        ("decimal(12)", "decimal(12,0)"),
        ("struct< a : bigint , b : array<text> >", "struct<a:bigint,b:array<text>>"),
    ],
)
def test_other_spellings_mean_the_same_type(written, meant):
    assert str(parse_type(written)) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "42",
        "decimal(39,2)",
        "decimal(2,3)",
        "decimal(",
        "array<",
        "map<text>",
        "int int",
        "money",
    ],
)
def test_what_is_no_type_is_refused_with_a_sentence(written):
    with pytest.raises(ValueError, match=r"is not a type|is not closed|takes|is written"):
        parse_type(written)


def test_columns_are_found_whatever_their_case():
    schema = Schema((Column("Order_ID", Type("bigint")),))

    assert schema.find("order_id") == Column("Order_ID", Type("bigint"))
    assert schema.plus((Column("ORDER_ID", Type("text")),)) == schema
