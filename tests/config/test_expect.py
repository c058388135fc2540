"""`expect` and `notify` in headwater.yaml: how they are written, and how mistakes are told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.event import EventKind
from headwater.model.expect import Bounds, By, Control, Every, Expect, Unit
from headwater.model.notify import Command, File, Notify, Webhook

DAY = Every(Unit.DAY)


def expected(text, more=""):
    return parse(f"feeds:\n  sales:\n    expect: {text}\n{more}").feeds[0].expect


def mistake(text):
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.message, caught.value.hint or ""


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("{}", Expect(DAY)),
        ("{every: 1d, by: '06:00'}", Expect(DAY, By(minutes=360))),
        ("{by: 06:30, grace: 30m}", Expect(DAY, By(minutes=390), timedelta(minutes=30))),
        ("{every: 15m, by: 5m}", Expect(Every(Unit.MINUTE, 15), By(elapsed=timedelta(minutes=5)))),
        ("{every: hour}", Expect(Every(Unit.MINUTE, 60))),
        (
            "{every: 1w, by: tuesday 07:00}",
            Expect(Every(Unit.WEEK), By(days=1, minutes=420, is_weekday=True)),
        ),
        ("{every: weekday}", Expect(Every(Unit.WEEKDAY))),
        ("{every: month, by: 2d 00:00}", Expect(Every(Unit.MONTH), By(days=2))),
        ("{at_least: 3 files, at_most: 5}", Expect(DAY, files=Bounds(3, 5))),
        ("{at_least: 0, rows: [10, null]}", Expect(DAY, files=Bounds(0), rows=Bounds(10))),
        (
            "{files: 'a-{date}.csv', by: 1d 06:00}",
            Expect(DAY, By(days=1, minutes=360), names=("a-{date}.csv",)),
        ),
        ("{volume: false, timezone: Asia/Tokyo}", Expect(DAY, volume=False, timezone="Asia/Tokyo")),
    ],
)
def test_an_expectation_is_read_as_it_is_written(text, expect):
    assert expected(text) == expect


def test_periods_are_cut_in_the_feeds_zone_where_no_other_is_named():
    feeds = "feeds:\n  sales:\n    timezone: Europe/Berlin\n    expect: {since: 2026-07-01}\n"

    expect = parse(feeds).feeds[0].expect

    assert expect.timezone == "Europe/Berlin"
    assert expect.since == datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert expect.since.astimezone(UTC).hour == 22


def test_a_control_file_is_read_by_another_feed():
    text = "{control: {feed: told, rows: n, totals: {amount: sum}}}"

    assert expected(text, "  told: {}\n").control == Control("told", "n", (("amount", "sum"),))


@pytest.mark.parametrize(
    ("text", "key", "message", "hint"),
    [
        ("{every: 7h}", "every", "7h does not divide a day", "15m, 1h or 6h"),
        ("{every: dayly}", "every", "'dayly' is no length of a period", "did you mean day?"),
        ("{every: 36h}", "every", "36h does not divide a day", "1d, 1w"),
        ("{by: '24:00'}", "by", "24:00 is on no clock", "a day later"),
        ("{by: noon}", "by", "'noon' is no deadline", "write 06:00"),
        ("{by: mondy 06:00}", "by", "'mondy' is no day of the week", "monday"),
        ("{by: monday 06:00}", "by", "a day has no such day", "every: 1w"),
        ("{by: 20m}", "by", "a time is expected", "06:00"),
        ("{every: 1h, by: '06:00'}", "by", "periods of 1h are shorter than a day", "20m"),
        ("{by: 1d 06:00}", "by", "behind the end of the period", "{date}"),
        ("{at_least: many}", "at_least", "'many' is no number of files", "1 file"),
        ("{at_least: 3, at_most: 2}", "at_most", "2 is less than at_least, 3", "3 or more"),
        ("{rows: 1000}", "rows", "the least and the most are expected", "[1000, null]"),
        ("{rows: [5, 1]}", "rows", "5 is more than 1", "[1, 5]"),
        ("{rows: [null, null]}", "rows", "it has no bound", "[1000, null]"),
        ("{files: 'a-{day}.csv'}", "files", "something else than a date", "{date}"),
        ("{files: 'a-{date.year}'}", "files", "something else than a date", "{date}"),
        ("{files: 'a-{date!r}'}", "files", "something else than a date", "{date}"),
        ("{files: 'a-{'}", "files", "something else than a date", "{date}"),
        ("{files: 'a/**'}", "files", "is no pattern of names", "sales-{date}-*.csv"),
        ("{files: [a.csv, 'b-{date}']}", "files", "some names have a date", "in each"),
        ("{every: 1h, files: '{date}.csv'}", "files", "stands for two periods", "%H"),
        ("{since: yesterday}", "since", "'yesterday' is no day", "2026-01-31"),
        ("{atleast: 1}", "atleast", "no such key", "did you mean 'at_least'?"),
        ("{control: {rows: n}}", "control", "no feed is named", "another feed"),
        ("{control: {feed: sales, rows: n}}", "control.feed", "is this very feed", "another"),
        ("{control: {feed: nope, rows: n}}", "control.feed", "nope is not declared", "none yet"),
        ("{control: {feed: nope, sums: n}}", "control.sums", "no such key", "feed, rows, totals"),
    ],
)
def test_a_mistake_in_an_expectation_is_told_with_line_key_and_what_would_be_right(
    text, key, message, hint
):
    said, advice = mistake(f"feeds:\n  sales:\n    expect: {text}\n")

    assert f"headwater.yaml:3: feeds.sales.expect.{key}: " in said
    assert message in said
    assert hint in advice


def test_a_period_that_is_wrong_is_the_only_mistake_told_of_it():
    said, _ = mistake("feeds:\n  sales:\n    expect: {every: 1hh, by: 20m}\n")

    assert said.count("expect") == 1


def test_notifiers_are_read_as_they_are_written(tmp_path):
    text = """\
notify:
  - {command: ./tell.sh --to 'the data', on: late, timeout: 30s}
  - {file: events.ndjson, name: log}
  - {webhook: "https://example.org/${TOKEN}", headers: {Authorization: "Bearer ${TOKEN}"}}
"""

    command, file, webhook = parse(text, root=tmp_path, environment={"TOKEN": "s3cret"}).notify

    assert command.way == Command(("./tell.sh", "--to", "the data"))
    assert (command.on, command.patience.seconds) == (frozenset({EventKind.LATE}), 30)
    assert file == Notify("log", File(Path(tmp_path).resolve() / "events.ndjson"))
    assert webhook.way == Webhook(
        "https://example.org/s3cret", (("Authorization", "Bearer s3cret"),)
    )
    assert "s3cret" not in repr(webhook)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{on: late}", "it says no way to tell", "command, file, webhook"),
        ("{file: a, command: b}", "command and file are two ways", "write one of"),
        ("{webhook: 'ftp://s3cret@x/y'}", "it is no address of HTTP", "https://HOST/PATH"),
        ("{file: a, headers: {A: b}}", "a file has no header lines", "leave them out"),
        ("{webhook: 'http://x', headers: {'A b': s3cret}}", "it is no header line", "one line"),
        ("{file: a, on: [tardy]}", "'tardy' is none of its values", "late"),
        ("{file: a, on: [recovered]}", "recovered comes by itself", "recovers from"),
        ("{command: []}", "no program is named", "./tell.sh"),
        ('{command: "a \'b"}', "is no command", "[program, word]"),
        ("{url: x}", "no such key", "keys of a notifier: command, file, webhook"),
    ],
)
def test_a_mistake_in_a_notifier_is_told_with_what_would_be_right_and_without_secrets(
    text, message, hint
):
    said, advice = mistake(f"notify:\n  - {text}\n")

    assert said.startswith("headwater.yaml:2: notify")
    assert message in said
    assert hint in advice
    assert "s3cret" not in said + advice


def test_two_notifiers_have_two_names():
    said, _ = mistake("notify:\n  - {file: a, name: x}\n  - {file: b, name: x}\n")

    assert "headwater.yaml:3: notify.name: two notifiers are called x" in said
