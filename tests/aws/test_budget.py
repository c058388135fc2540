"""How many requests files and rows take, against what docs/reference/requests.md says they may."""

from __future__ import annotations

import pytest

from headwater.emulator.meter import READ_UNITS, WRITE_UNITS
from headwater.model.price import Item
from tests.aws.billed import FILES, PAGE, Lake, columns, rows

WITHIN = 0.2
FUNCTIONS, WORK = "put by others, taken by functions", "`headwater work` here, objects on S3"
SMALL, ROWS = "1,000 files", "1,000,000 rows"
TIMES = {SMALL: 1_000 // FILES, ROWS: 1}  # that what is counted is in what is stated


def stated():
    """The table of the page, by its rows and columns."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    heads, _, *table = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return {
        name: dict(zip(heads, (int(each.replace(",", "")) for each in figures), strict=True))
        for name, *figures in table
    }


def texts(what):
    """What is put in: a batch of small files, or one large file."""
    return [rows(3 * n, 3) for n in range(1, FILES + 1)] if what == SMALL else [rows(9, 1_000_000)]


@pytest.mark.slow
@pytest.mark.parametrize("way", [FUNCTIONS, WORK])
@pytest.mark.parametrize("what", [SMALL, ROWS])
def test_no_more_is_asked_than_the_page_says(as_aws, tmp_path, what, way):
    lake = Lake(as_aws, tmp_path, deployed=way == FUNCTIONS)

    calls, _ = (lake.told if way == FUNCTIONS else lake.worked)(texts(what))

    counted = {name: each * TIMES[what] for name, each in columns(calls).items()}
    print(f"{what}, {way}:", counted)  # noqa: T201 - the figures are what one runs it for
    allowed = stated()[f"{what}, {way}"]
    over = {name: (counted[name], most) for name, most in allowed.items() if counted[name] > most}
    assert not over, "counted, and allowed"


@pytest.mark.slow
@pytest.mark.parametrize("files", [1, 20, FILES])
def test_plans_and_receipts_tell_of_as_many_requests_as_are_counted(as_aws, tmp_path, files):
    lake = Lake(as_aws, tmp_path, deployed=True)
    small = [rows(3 * n, 3) for n in range(1, files + 1)]
    with lake.open() as opened:
        planned = opened.plan("sales", *lake.files(small)).cost

    calls, [receipt] = lake.told(small)

    for told in (planned, receipt.cost):
        quantities = {line.item: line.quantity for line in told.lines}
        assert quantities[Item.S3_PUT] == pytest.approx(calls["s3:PUT"], rel=WITHIN)
        assert quantities[Item.S3_LIST] == pytest.approx(calls["s3:LIST"], rel=WITHIN)
        looked = calls["s3:GET"] + calls["s3:HEAD"]
        assert quantities[Item.S3_GET] == pytest.approx(looked, rel=WITHIN)
        assert quantities[Item.DYNAMODB_WRITE] == pytest.approx(calls[WRITE_UNITS], rel=WITHIN)
        assert quantities[Item.DYNAMODB_READ] == pytest.approx(calls[READ_UNITS], rel=WITHIN)
