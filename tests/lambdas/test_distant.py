"""A headwater.yaml in a bucket finds what it names beside it."""

import json

import pytest

from headwater.errors import ConfigError
from headwater.wiring.distant import settings_at

TEXT = """\
feeds:
  sales: {match: "${SENDER}/**"}
models:
  daily: {file: ./models/daily.sql}
notify:
  - {webhook: "${HOOK}"}
  - {file: told.ndjson}
  - {command: ./tell.sh}
"""


@pytest.fixture
def box(aws_in_the_box, monkeypatch):
    for name, value in aws_in_the_box.environment.items():
        monkeypatch.setenv(name, value)
    return aws_in_the_box


@pytest.fixture
def put(box):
    bucket = box.bucket()

    def put(**objects):
        for key, text in objects.items():
            name = {"text": "lakes/a/headwater.yaml", "environment": "lakes/a/environment.json"}
            box.client("s3").put_object(
                Bucket=bucket, Key=name.get(key, "lakes/a/models/daily.sql"), Body=text.encode()
            )
        return f"s3://{bucket}/lakes/a/headwater.yaml"

    return put


def words(box):
    made = box.client("secretsmanager").create_secret(
        Name=f"hook-{box.account}", SecretString="https://example.org/hush"
    )
    return json.dumps({"words": {"SENDER": "shops"}, "secrets": {"HOOK": made["ARN"]}})


def test_files_words_and_secrets_are_found_beside_it(box, put):
    place = put(text=TEXT, model="select id from sales", environment=words(box))

    settings = settings_at(place)

    assert settings.feeds[0].match == ("shops/**",)
    assert settings.models[0].sql == "select id from sales"
    assert settings.notify[0].way.url == "https://example.org/hush"


def test_programs_and_files_of_another_machine_are_not_told(box, put):
    place = put(text=TEXT, model="select id from sales", environment=words(box))

    assert [type(each.way).__name__ for each in settings_at(place).notify] == ["Webhook"]


def test_a_file_that_is_not_there_is_named(box, put):
    with pytest.raises(ConfigError, match=r"daily\.sql cannot be read: .*is not there"):
        settings_at(put(text=TEXT, environment=words(box)))


def test_a_file_that_leads_out_is_refused_though_it_is_there(box, put):
    text = TEXT.replace("./models/daily.sql", "../a/models/daily.sql")

    with pytest.raises(ConfigError, match="leads out of the folder"):
        settings_at(put(text=text, model="select id from sales", environment=words(box)))


def test_a_lake_that_takes_nothing_needs_nothing_beside_it(box, put):
    assert settings_at(put(text="feeds: {sales: {match: sales/**}}\n")).feeds
