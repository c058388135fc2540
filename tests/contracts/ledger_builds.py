"""What every ledger promises about manifests without arrivals."""

from __future__ import annotations

from dataclasses import replace

from headwater.model.manifest import Manifest, ManifestState
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from tests.contracts.work import NOW, SECOND

BUILD = Manifest(
    id="m000000000000001", feed="daily", table="daily", arrivals=(), size_bytes=0, created_at=NOW
)


def receipt_of(claim):
    return Receipt(
        manifest=claim.manifest.id,
        feed="daily",
        table="daily",
        attempt=claim.attempt,
        files=(),
        parts=1,
        size_bytes_out=10,
        engine="none",
        started_at=NOW,
        finished_at=NOW,
        version=1,
    )


class BuildContract:
    def test_a_build_is_written_down_once(self, ledger):
        assert ledger.write_down(BUILD) is True
        assert ledger.write_down(replace(BUILD, created_at=NOW + SECOND)) is False
        assert ledger.manifests() == [BUILD]

    def test_a_build_is_claimed_and_settled_like_any_manifest(self, ledger):
        ledger.write_down(BUILD)
        claim = ledger.claim("w", NOW, 60 * SECOND, feeds=["daily"])
        parts = [Part("part-1.parquet", 3, 10)]

        ledger.stage(claim, receipt_of(claim), parts)
        ledger.settle(claim, receipt_of(claim), parts, NOW)

        assert ledger.manifest(BUILD.id).state is ManifestState.COMMITTED
        assert ledger.receipts(feed="daily") == [receipt_of(claim)]
        assert [part.path for part in ledger.parts("daily")] == ["part-1.parquet"]

    def test_a_build_that_has_ended_is_not_written_down_again(self, ledger):
        ledger.write_down(BUILD)
        claim = ledger.claim("w", NOW, 60 * SECOND)
        ledger.settle(claim, receipt_of(claim), [], NOW)

        assert ledger.write_down(BUILD) is False
        assert ledger.claim("w", NOW, 60 * SECOND) is None
