"""A lake in a bucket of Google's or Microsoft's: its URL, its variables, and all that is done.

No account stands behind these: what obstore keeps in memory takes the place of the vendor's
store, so that requests, replies and refusals of a real one are not tried here.
"""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

import headwater
from headwater.adapters.objects import clouds
from headwater.config.load import parse
from headwater.errors import StoreError
from headwater.wiring.places import store_at

PLACES = ("gs://acme/lake", "az://acme/lake")
FEEDS = """
feeds:
  sales: {schema: {id: bigint not null, amount: "decimal(9,2)"}, batch: {files: 2}}
models:
  total: {sql: select sum(amount) as amount from sales}
"""


@pytest.fixture
def buckets(monkeypatch):
    """Buckets of any cloud, by their URLs, as long as the test lasts."""
    known = {}
    monkeypatch.setattr(clouds, "vendor_of", lambda url, _: known.setdefault(url, MemoryStore()))
    return known


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "acme")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")


@pytest.mark.parametrize("place", PLACES)
def test_zones_lie_below_the_lake(account, tmp_path, place):
    settings = parse(f"lake: {place}\n", root=tmp_path)

    for zone, where in settings.zones.items():
        assert store_at(settings, where, None).locate("a/b") == f"{place}/{zone}/a/b"


def test_each_zone_may_be_in_another_cloud(account, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    zones = "{raw: 's3://acme-raw', processed: 'gs://acme-tables', curated: 'az://acme-curated'}"
    settings = parse(f"zones: {zones}\n", root=tmp_path)

    assert [store_at(settings, settings.zones[each], None).locate("a") for each in _ZONES] == [
        "s3://acme-raw/a",
        "gs://acme-tables/a",
        "az://acme-curated/a",
    ]


_ZONES = ("raw", "processed", "curated")


def test_what_azure_has_to_be_told_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    settings = parse("lake: az://acme\n", root=tmp_path)

    with pytest.raises(StoreError, match=r"az://acme cannot be opened: .*[Aa]ccount") as said:
        store_at(settings, settings.zones["raw"], None)

    assert "AZURE_STORAGE_ACCOUNT_NAME" in said.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_a_lake_is_worked_there_and_says_so_again_when_it_is_opened_again(buckets, tmp_path, place):
    (tmp_path / "headwater.yaml").write_text(f"lake: {place}{FEEDS}")
    (tmp_path / "a.csv").write_text("id,amount\n1,2.50\n2,3.25\nx,1\n")
    (tmp_path / "b.csv").write_text("id,amount\n3,4.00\n")
    with headwater.open(tmp_path) as lake:
        lake.ingest("sales", tmp_path / "a.csv")
        lake.ingest("sales", tmp_path / "b.csv")
        (tmp_path / "a.csv").write_text("id,amount\n1,2.50\n2,3.50\n")
        lake.ingest("sales", tmp_path / "a.csv")
        lake.compact()
        lake.work(until_idle=True)

    with headwater.open(tmp_path) as lake:
        rows = lake.query("select id, amount::text from sales order by id").rows()
        total = lake.query("select amount::text from total").rows()
        verdict = lake.verify()

    assert rows == [(1, "2.50"), (2, "3.50"), (3, "4.00")]
    assert total == [("10.00",)]
    assert verdict.findings == ()
    assert list(buckets) == [place.rpartition("/")[0]]
