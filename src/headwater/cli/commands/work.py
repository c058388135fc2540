"""headwater work: convert what has landed."""

from __future__ import annotations

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_feed
from headwater.cli.crew import Crew
from headwater.cli.news import Lines, News, Papers, Pipe
from headwater.cli.outcome import Outcome, advise, conclude
from headwater.cli.signals import Stopping, stopping
from headwater.errors import EXIT_DONE, EXIT_INTERRUPTED


@click.command("work")
@click.option("--until-idle", is_flag=True, help="End when nothing is left to do.")
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="So many processes.",
)
@click.option(
    "--feed", "feeds", multiple=True, metavar="F", shell_complete=complete_feed,
    help="Only this feed; may be repeated.",
)  # fmt: skip
@click.option(
    "--over-budget", multiple=True, metavar="F", shell_complete=complete_feed,
    help="Let batches of this feed pass its budget; may be repeated.",
)  # fmt: skip
@click.option("--in-crew", is_flag=True, hidden=True)
@verb
def command(
    call: Call,
    *,
    until_idle: bool,
    workers: int,
    feeds: tuple[str, ...],
    over_budget: tuple[str, ...],
    in_crew: bool,
) -> int:
    """Convert what has landed.

    Without --until-idle it goes on until Ctrl-C or SIGTERM, and then finishes the batch
    in hand; a second Ctrl-C leaves it, and another worker takes it up.
    """
    voice = call.voice
    with call.open(patient=not until_idle) as lake, stopping(voice, in_crew=in_crew) as stop:
        for feed in (*feeds, *over_budget):
            lake.receipts(feed=feed, limit=1)  # an unknown feed is told of before anything starts
        with _news(call, until_idle=until_idle, in_crew=in_crew) as news:
            if workers > 1:
                words = [word for feed in over_budget for word in ("--over-budget", feed)]
                crew = Crew(call.folder, workers, feeds, words, until_idle=until_idle)
                done = crew.work(stop, news)
                done.held = list(lake.status().held)
            else:
                done = lake.work(
                    feeds=feeds,
                    over_budget=over_budget,
                    until_idle=until_idle,
                    watch=news.look,
                    told=news.told,
                    stop=stop.event,
                )
    return _end(
        call,
        Outcome(done.receipts, done.failures, held=done.held),
        stop,
        news,
        until_idle=until_idle,
    )


def _news(call: Call, *, until_idle: bool, in_crew: bool) -> News:
    if in_crew:
        return Pipe(call.voice)
    if call.voice.as_json:
        return Lines(call.voice, each=not until_idle)
    return Papers(call.voice)


def _end(call: Call, outcome: Outcome, stop: Stopping, news: News, *, until_idle: bool) -> int:
    if isinstance(news, Pipe) or not until_idle:
        code = outcome.code
    elif news.told_all:
        code = advise(call.voice, outcome)
    else:
        code = conclude(call.voice, outcome, {})
    if stop.interrupted or (stop.event.is_set() and until_idle):
        return EXIT_INTERRUPTED
    return code if until_idle else EXIT_DONE
