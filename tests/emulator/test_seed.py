"""What a lake names on AWS is in the box when it is opened there."""

import sys

import pytest

import headwater
from headwater.wiring.seed import seed
from tests.cli.calling import run

FAR = """\
lake: s3://acme/lake
zones: {processed: s3://acme-tables}
ledger: dynamodb://acme-ledger
queue: sqs://acme-queue
catalog: glue://acme
athena: {workgroup: analysts}
notify: [{sns: "acme-notices"}]
region: REGION
feeds:
  sales: {match: sales/**}
"""


@pytest.fixture
def lake_of(aws_in_the_box, tmp_path, monkeypatch):
    for name, value in aws_in_the_box.environment.items():
        monkeypatch.setenv(name, value)

    def lake_of(text):
        own = text.replace("acme", f"acme{aws_in_the_box.account}")
        (tmp_path / "headwater.yaml").write_text(own, encoding="utf-8")
        return tmp_path / "headwater.yaml"

    return lake_of


@pytest.fixture
def acme(aws_in_the_box):
    """As it is called in the account: names of buckets are there but once for all accounts."""
    return f"acme{aws_in_the_box.account}"


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_a_lake_works_in_the_box_as_its_configuration_says(
    aws_in_the_box, lake_of, acme, region, caplog
):
    place = lake_of(FAR.replace("REGION", region))

    made = seed(place)
    aws_in_the_box.client("s3").put_object(
        Bucket=acme, Key="lake/raw/sales/a.csv", Body=b"id,amount\n1,2.50\n2,3.25\n"
    )
    with headwater.open(place) as lake:
        aws_in_the_box.quiet()
        lake.work()
        amounts = lake.query("select sum(amount) as amount from sales").rows()

    assert made == (
        f"bucket {acme}",
        f"bucket {acme}-tables",
        f"tables {acme}-ledger, {acme}-ledger-workflow_metadata, {acme}-ledger-workflow_status",
        f"queue {acme}-queue",
        "workgroup analysts",
        f"topic {acme}-notices",
    )
    assert [str(each) for (each,) in amounts] == ["5.75"]
    assert [each.getMessage() for each in caplog.records if each.levelname == "WARNING"] == []


def test_nobody_is_warned_of_what_tries_whether_the_bucket_is_fit(
    aws_in_the_box, lake_of, tmp_path, caplog
):
    place = lake_of(FAR.replace("REGION", "eu-central-1"))
    seed(place)
    (tmp_path / "a.csv").write_text("id\n1\n")

    with headwater.open(place) as lake:
        lake.land("sales", tmp_path / "a.csv")
        aws_in_the_box.quiet()
        lake.work()

    assert [each.getMessage() for each in caplog.records if each.levelname == "WARNING"] == []


def test_buckets_keep_versions_and_dead_letters_have_a_queue(aws_in_the_box, lake_of, acme):
    seed(lake_of(FAR.replace("REGION", "eu-central-1")))

    versioning = aws_in_the_box.client("s3").get_bucket_versioning(Bucket=f"{acme}-tables")
    queues = aws_in_the_box.client("sqs").list_queues()["QueueUrls"]

    assert versioning["Status"] == "Enabled"
    assert {url.rpartition("/")[2] for url in queues} == {f"{acme}-queue", f"{acme}-queue-dead"}


def test_the_queue_is_told_of_the_raw_zone_alone(aws_in_the_box, lake_of, acme):
    seed(lake_of(FAR.replace("REGION", "eu-central-1")))
    sqs = aws_in_the_box.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{acme}-queue")["QueueUrl"]

    for key in ("lake/raw/sales/a.csv", "lake/quarantine/sales/b.parquet"):
        aws_in_the_box.client("s3").put_object(Bucket=acme, Key=key, Body=b"x")
    aws_in_the_box.quiet()
    said = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]

    told = [each["Body"] for each in said if "s3:TestEvent" not in each["Body"]]
    assert len(told) == 1
    assert "lake/raw/sales/a.csv" in told[0]


def test_a_lake_of_this_machine_needs_nothing(lake_of):
    assert seed(lake_of("lake: .\nfeeds: {sales: {}}\n")) == ()


@pytest.mark.slow
def test_the_verb_makes_it_before_the_command_runs(tmp_path):
    (tmp_path / "headwater.yaml").write_text("lake: s3://acme\nfeeds: {sales: {}}\n")
    (tmp_path / "a.csv").write_text("id\n1\n2\n")
    command = (sys.executable, "-m", "headwater", "ingest", "sales", "a.csv", "--json")

    ran = run("emulate", "--", *command, cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert "made in the box: bucket acme" in ran.err
    assert '"written": 2' in ran.out
