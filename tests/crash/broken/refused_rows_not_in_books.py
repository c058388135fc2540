"""Refused rows are not counted, and nobody asks whether the books balance."""

from dataclasses import replace

from headwater.flow import account, attempt
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("work",))


def apply():
    honest = account.file_books

    def silent(arrival, result):
        books = honest(arrival, result)
        return replace(books, books=replace(books.books, quarantined=0))

    account.file_books = silent
    attempt.require_balance = lambda receipt: None
