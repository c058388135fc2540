"""How a feed's files are spelled is kept, and decides what a later file leaves open."""

from __future__ import annotations

import pytest

from tests.flow import lakes

FEED = "  sales:\n    format: auto\n"


@pytest.fixture
def lake(folder):
    with lakes.make(folder, FEED) as lake:
        yield lake


@pytest.fixture
def take(lake, incoming):
    """Ingest files one after the other; the receipt of the last."""

    def take(*texts):
        for text in texts:
            take.number += 1
            done = lake.ingest("sales", incoming(f"{take.number}.csv", text))
        return done.receipts[-1]

    take.number = 0
    return take


def rows_of(lake, columns="*"):
    return sorted(lake.query(f"select {columns} from sales").rows(), key=str)


def test_a_receipt_tells_how_its_files_are_spelled_each_manner_once(lake, incoming):
    texts = ["id;x\n1;2\n", "id;x\n3;4\n", "id,x\n5,6\n"]
    paths = [incoming(f"{n}.csv", text) for n, text in enumerate(texts)]

    (receipt,) = lake.ingest("sales", *paths).receipts

    told = {(each.delimiter, each.header_rows, each.files) for each in receipt.manners}
    assert told == {(";", 1, 2), (",", 1, 1)}
    assert {each.first.rpartition("/")[2] for each in receipt.manners} == {"0.csv", "2.csv"}


def test_a_delimiter_that_explains_a_file_as_well_is_taken_as_in_the_files_before(lake, take):
    take("a;b\n1,5;2,5\n3,5;4,5\n")

    receipt = take("1,5;7,5\n")

    assert receipt.manners[0].delimiter == ";"


def test_a_file_that_is_clearly_otherwise_is_read_as_it_is_and_its_books_say_so(lake, take):
    take("id;x\n1;2\n3;4\n")

    receipt = take("id,x\n5,6\n7,8\n")

    assert rows_of(lake, "id, x") == [(1, 2), (3, 4), (5, 6), (7, 8)]
    assert "delimiter `,` where the feed's files have `;`" in receipt.files[0].notes


def test_a_file_like_those_before_has_no_note(lake, take):
    receipt = take("id;x\n1;2\n", 'id;x\n5;"6"\n')

    assert receipt.files[0].notes == ()


def test_a_feed_of_several_manners_has_no_note_for_any_of_them(lake, incoming):
    lake.ingest("sales", incoming("1.csv", "id;x\n1;2\n"), incoming("2.json", '{"id": 3}\n'))

    more = [incoming("3.csv", "id;x\n5;6\n"), incoming("4.json", '{"id": 7}\n')]
    (receipt,) = lake.ingest("sales", *more).receipts

    assert [file.notes for file in receipt.files] == [(), ()]


def test_a_first_row_of_text_is_data_where_the_feeds_files_have_no_header(lake, take):
    take("ann,4\nbob,5\n")

    receipt = take("eve,x\n")

    assert receipt.books.counted == 1
    assert receipt.manners[0].header_rows == 0


def test_a_backslash_behind_the_sample_escapes_as_it_does_in_the_files_before(lake, take):
    take('id,x\n1,"a\\"b"\n2,"c"\n')

    receipt = take('id,x\n3,"d"\n')

    assert receipt.manners[0].escape == "\\"


def test_one_row_of_xml_is_found_by_the_element_of_the_files_before(lake, take):
    take("<all><order><id>1</id></order><order><id>2</id></order></all>")

    receipt = take("<all><order><id>3</id></order></all>")

    assert receipt.manners[0].selection.row == "all/order"
    assert rows_of(lake, "id") == [(1,), (2,), (3,)]


def test_an_empty_list_in_an_object_has_no_rows_and_no_column(lake, take):
    take('{"count": 2, "results": [{"id": 1}, {"id": 2}]}')

    nothing = take('{"count": 0, "results": []}')
    null = take('{"count": 0, "results": null}')

    assert [each.files[0].notes for each in (nothing, null)] == [(), ()]
    assert nothing.manners[0].selection.row == "results"
    assert rows_of(lake, "id") == [(1,), (2,)]
    assert "results" not in lake.query("select * from sales").columns


def test_what_comes_beside_a_list_that_was_found_refuses_the_file_and_keeps_it(lake, take):
    take('{"count": 1, "results": [{"id": 1}]}')

    receipt = take('{"shop": "Ulm", "results": [{"id": 2}]}')

    assert receipt.files[0].cause.code == "json"
    assert "'shop'" in receipt.files[0].cause.message
    assert rows_of(lake, "id") == [(1,)]


WIDE = """\
id     name       amount
     1 ann b        1.50
     2 bob         12.25
     3 eve c      100.00
     4 dan          7.00
"""


def test_a_layout_of_fixed_width_is_used_again_where_a_file_alone_shows_another(lake, take):
    first = take(WIDE)

    receipt = take("id     name       amount\n     5 e f          1.50\n     6 g h          1.50\n")

    assert receipt.manners[0].selection.columns == first.manners[0].selection.columns
    assert rows_of(lake, "id, name")[-2:] == [(5, "e f"), (6, "g h")]


def test_a_layout_that_a_file_contradicts_is_told_in_its_books(lake, take):
    take(WIDE)

    receipt = take(WIDE.replace(" amount", "     amount").replace("   ", "       "))

    assert any("where the feed's files have" in note for note in receipt.files[0].notes)


def test_what_the_ledger_tells_is_what_the_latest_receipt_says(lake, take):
    take("id;x\n1;2\n3;4\n")
    receipt = take("id|x\n5|6\n")

    assert lake._world.ledger.manners("sales") == list(receipt.manners)


def test_files_of_one_kind_in_thousands_are_told_as_one_manner(lake, incoming):
    paths = [incoming(f"{n}.csv", f"id;x\n{n};2\n") for n in range(200)]

    receipts = lake.ingest("sales", *paths).receipts

    assert sum(each.files for receipt in receipts for each in receipt.manners) == 200
    assert all(len(receipt.manners) == 1 for receipt in receipts)
