"""What goes along with headwater.yaml, and what may not."""

import pytest

from headwater.deploy.intent import intent_of
from headwater.errors import ConfigError, UsageError

FEEDS = """\
lake: ${HOME_OF_LAKE}
region: eu-west-1
feeds:
  sales: {match: "${SENDER}/**"}
models:
  daily: {file: ./models/daily.sql}
"""
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hook-Ab12Cd"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME_OF_LAKE", "./lake")
    monkeypatch.setenv("SENDER", "shops")
    folder = tmp_path / "acme"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "daily.sql").write_text("select id from sales", encoding="utf-8")

    def written(more="", feeds=FEEDS):
        (folder / "headwater.yaml").write_text(feeds + more, encoding="utf-8")
        return folder

    return written


def test_files_that_are_named_and_words_that_are_taken_go_along(write):
    folder = write()

    baggage = intent_of(folder).baggage

    assert baggage.files == {"models/daily.sql": folder / "models" / "daily.sql"}
    assert baggage.words == {"SENDER": "shops"}
    assert baggage.secrets == {}


def test_words_of_places_stay_since_the_places_do(write):
    assert "HOME_OF_LAKE" not in intent_of(write()).baggage.words


def test_a_word_that_is_not_set_is_told_with_its_line(write, monkeypatch):
    monkeypatch.delenv("SENDER")

    with pytest.raises(ConfigError, match=r"line 4.*SENDER|:4.*SENDER"):
        intent_of(write())


@pytest.mark.parametrize("name", ["../daily.sql", "/srv/daily.sql"])
def test_a_file_elsewhere_is_refused(write, name, tmp_path):
    (tmp_path / "daily.sql").write_text("select id from sales", encoding="utf-8")
    name = name.replace("/srv", str(tmp_path))
    feeds = FEEDS.replace("./models/daily.sql", name)

    with pytest.raises(UsageError, match=r"models\.daily .* only what lies below"):
        intent_of(write(feeds=feeds))


HOOK = "notify:\n  - {webhook: https://example.org, headers: {Authorization: 'Bearer ${HOOK}'}}\n"
SPOKEN = "notify:\n  - {sns: '${API_KEY}'}\n"


@pytest.mark.parametrize(("name", "more"), [("HOOK", HOOK), ("API_KEY", SPOKEN)])
def test_a_secret_is_refused_and_not_repeated(write, monkeypatch, name, more):
    monkeypatch.setenv(name, "hush")

    with pytest.raises(UsageError, match=rf"\$\{{{name}\}} .* is a secret") as refused:
        intent_of(write(more))

    assert "hush" not in f"{refused.value} {refused.value.hint}"
    assert "Secrets Manager" in refused.value.hint


def test_a_secret_goes_along_as_its_arn(write, monkeypatch):
    monkeypatch.setenv("HOOK", ARN)

    baggage = intent_of(write("notify:\n  - {webhook: '${HOOK}'}\n")).baggage

    assert baggage.secrets == {"HOOK": ARN}
    assert baggage.words == {"SENDER": "shops"}


def test_who_tells_from_this_machine_alone_is_named(write):
    more = "notify:\n  - {file: ./told.ndjson, name: told}\n  - {sns: events}\n"

    assert intent_of(write(more)).baggage.left == ["told"]
