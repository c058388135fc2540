"""Each file's count is one too many: nothing may be committed with such books."""

from dataclasses import replace

from headwater.flow import account
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("work",))


def apply():
    honest = account.file_books

    def generous(arrival, result):
        books = honest(arrival, result)
        counted = replace(books.books, counted=books.books.counted + 1)
        return replace(books, books=counted)

    account.file_books = generous
