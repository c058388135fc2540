"""Every key of a feed: its kind, default, meaning and an example."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from headwater.config import kinds
from headwater.config.batch_keys import BatchKeys, RetryKeys
from headwater.config.expect_keys import ExpectKeys
from headwater.config.keyed import Keys, key, part, single_is_list
from headwater.config.price_keys import BudgetKeys

_MOST_HEADER_ROWS = 10
_MOST_SKIPPED = 1_000
_MOST_TABLES = 1_000
_LEAST_FILE = 1_000_000


def _count_is_attempts(value: object) -> object:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return {"attempts": value} if is_count else value


class FeedKeys(Keys):
    """One feed: which files belong together, how they are read, which table they become."""

    match: Annotated[list[kinds.Pattern] | None, BeforeValidator(single_is_list)] = key(
        None,
        "Which names below the raw zone are this feed's: a pattern, or a list of them. "
        "`?` stands for one letter, `*` for any within a segment, `**` for any segments. "
        "Where several feeds match, the longest pattern wins.",
        "sales/**",
    )
    format: kinds.FormatWord = key(
        "auto", "What the files are; auto finds it out from their content.", "csv"
    )
    encoding: kinds.EncodingIfAny = key(
        None,
        "The encoding of text that has no byte order mark. Without it, text is UTF-8, and a file "
        "that is not is refused with the likely one.",
        "windows-1252",
    )
    member: kinds.TextIfAny = key(
        None,
        "Which files of a zip archive are read: a pattern of their names. Those that match are "
        "read as one.",
        "sales-*.csv",
    )
    delimiter: kinds.DelimiterIfAny = key(
        None, "What parts the fields of delimited text: 1 to 4 characters, or tab.", ";"
    )
    quote: kinds.QuoteIfAny = key(
        None,
        "What stands around fields of delimited text: one character, or none. A quote inside "
        "such a field is doubled, or has the escape before it.",
        "none",
    )
    escape: kinds.EscapeIfAny = key(
        None,
        "What stands before a quote inside a quoted field: doubled says another quote, "
        "backslash, or one character.",
        "backslash",
    )
    comment: kinds.CommentIfAny = key(
        None,
        "What a line begins with that is no row of delimited text, or none. Without it, "
        "comments are found where they have not as many fields as rows.",
        "//",
    )
    nulls: Annotated[list[kinds.Null] | None, BeforeValidator(single_is_list)] = key(
        None,
        "Texts that stand for null in fields of delimited text that are not quoted. The empty "
        "field does in any case; of other texts none does that is not named, but for the "
        "\\N of databases' exports where this key is left out.",
        ["NA", "n/a"],
    )
    decimal: kinds.DecimalWord = key(
        "point",
        "What stands before the fraction of numbers in text: with comma, 1234,5 is a number and "
        "1234.5 is none.",
        "comma",
    )
    grouping: kinds.GroupingIfAny = key(
        None,
        "What may stand between the thousands of numbers in text: one of . , ' _ or blank. "
        "Without it, a number has digits alone before its fraction.",
        ",",
    )
    table_number: Annotated[int | None, kinds.number(1, _MOST_TABLES)] = key(
        None,
        "Which table is read of delimited text that has several, one below the other, from 1; "
        "the others are passed over. Without it, the first is read and the others are refused.",
        2,
    )
    header: Annotated[int | None, kinds.number(0, _MOST_HEADER_ROWS)] = key(
        None, "How many rows of delimited text name the columns; 0 says that none does.", 1
    )
    skip: Annotated[int | None, kinds.number(0, _MOST_SKIPPED)] = key(
        None, "How many lines stand before the table in delimited or fixed-width text.", 3
    )
    ragged: kinds.RaggedWord = key(
        "quarantine",
        "What a row gets that has fewer or more fields than the header: quarantine refuses it, "
        "pad fills it up with nulls, and leaves out empty fields that are too much. Of "
        "fixed-width text, pad takes lines that end early.",
        "pad",
    )
    lenient: kinds.Flag = key(
        False,
        "Whether delimited text is read leniently: a quote out of place is a letter, and columns "
        "without a name, or with one that is taken, get one.",
        True,
    )
    row: kinds.TextIfAny = key(
        None,
        "The element of XML that is a row, or the list in an object of JSON that has the rows: its "
        "name, or the end of its path. Without it, the element that repeats is taken, and the list "
        "beside which nothing is that may belong to a row.",
        "orders/order",
    )
    doctype: kinds.DoctypeWord = key(
        "refuse",
        "What an XML file gets that declares a document type: refuse, or skip, which passes over "
        "a declaration without entities. One with entities is refused; nothing is ever fetched.",
        "skip",
    )
    sheet: kinds.SheetIfAny = key(
        None, "The sheet of a workbook, by name or number; else the first not hidden.", "Sales"
    )
    cells: kinds.CellsIfAny = key(
        None, "The cells of that sheet that are the table, its header first.", "A5:F200"
    )
    places: list[kinds.ColumnPlace] = key(
        [],
        "Where fixed-width text has its columns: the name, the first character, from 1, and the "
        "length of each. Without it, they are found where all lines have blanks.",
        ["id 1 6", "name 7 20"],
        alias="columns",
    )
    pattern: kinds.LogPatternIfAny = key(
        None,
        "What the lines of a log are like: common, combined, level, python, syslog, or a regular "
        "expression whose named groups are the columns.",
        "combined",
    )
    dump_table: kinds.TextIfAny = key(
        None, "The table of a database's dump that is read, where it has several.", "public.sales"
    )
    columns: dict[kinds.ColumnName, kinds.Declared] = key(
        {},
        "The columns whose type is fixed. What is not declared is inferred without loss. "
        "Add `not null` to refuse rows without a value.",
        {"order_id": "bigint not null", "amount": "decimal(12,2)"},
        alias="schema",
    )
    rename: dict[kinds.ColumnName, kinds.ColumnName] = key(
        {},
        "Columns that are called otherwise in files than in the table: the name in files, and the "
        "table's for it.",
        {"customer_id": "cust_id"},
    )
    refuse: list[kinds.ColumnName] = key(
        [],
        "Columns that no file may have: one that does is refused.",
        ["password"],
    )
    types: kinds.TypesWord = key(
        "infer",
        "What columns get that the schema does not declare: infer finds the narrowest type that "
        "every value fits, text keeps everything as text.",
        "text",
    )
    timezone: kinds.Timezone = key(
        "UTC",
        "The zone of timestamps that name none; they are stored as UTC. Of a time that its clocks "
        "show twice the earlier is meant, and one that they skip is refused.",
        "Europe/Berlin",
    )
    on_new_column: kinds.OnNewColumnWord = key(
        "add",
        "What a column gets that is neither declared nor in the table: add gives it to the table, "
        "rescue keeps its values as JSON in the column `_rescued`, ignore leaves it out, fail "
        "refuses the file. The first files of a table without a schema define its columns.",
        "rescue",
    )
    on_bad_value: kinds.OnBadValueWord = key(
        "quarantine",
        "What a value gets that does not fit its type: quarantine refuses the row, rescue keeps "
        "the value as JSON in the column `_rescued`, null leaves it out, widen gives the column, "
        "unless it is declared, a type that holds it, fail refuses the file.",
        "null",
    )
    on_rewrite: kinds.OnRewriteWord = key(
        "replace",
        "What a file does that comes again under a known name with other bytes: replace gives its "
        "rows the place of the rows before, append adds them, reject refuses the file while rows "
        "of the version before are in the table. Equal bytes are a duplicate and do nothing.",
        "append",
    )
    max_bad: kinds.LimitIfAny = key(
        None,
        "How many rows of a file may be refused before the whole file is: a share such as 1%, "
        "or a count such as 100 or 100 rows. Without it there is no limit.",
        "1%",
    )
    steps: list[kinds.StepOfFeed] = key(
        [],
        "What is done to the rows between reading and writing them, in this order.",
        [{"rename": {"cust": "customer_id"}}, {"filter": "amount >= 0"}],
    )
    checks: list[kinds.CheckOfFeed] = key(
        [],
        "What must be true of the rows, as they were read or behind the steps, and what follows "
        "where it is not: warn, quarantine, halt.",
        [{"not_null": "order_id"}, {"range": {"amount": [0, 1000]}, "action": "warn"}],
    )
    expect: ExpectKeys | None = key(
        None,
        "What has to come in each period, by when, and how much of it; what does not is told by "
        "`headwater status` and by `notify`.",
        {"every": "1d", "by": "06:00", "at_least": "1 file"},
    )
    table: kinds.NameIfAny = key(
        None, "The table the rows go to. Feeds may share one if they partition alike.", "orders"
    )
    partition: list[kinds.Partition] = key(
        [],
        "The folders a table is divided into: `year(ts)`, `month(ts)`, `day(ts)`, `hour(ts)`, "
        "a column, or `arrival_date`. A column name that is not a plain word goes in double "
        "quotes.",
        ["year(order_ts)", "month(order_ts)"],
    )
    mode: kinds.MergeOfFeed = key(
        "append",
        "How rows go together with those that the table has: append puts them beside these; "
        "`upsert` lets one row of each key stay, the last to land or the `latest COLUMN`; "
        "`replace partitions` lets the rows of one file stay in each partition, the last to land.",
        {"upsert": {"by": ["order_id"], "keep": "latest updated_at"}},
    )
    batch: BatchKeys = part(BatchKeys, "When waiting files become a batch.", {"files": 10})
    compression: kinds.CompressionWord = key("zstd", "How parts are compressed.", "snappy")
    parquet: kinds.PagesWord = key(
        "modern",
        "Which readers the parts are for: modern writes data page version 2, wide writes "
        "version 1 for those that know nothing else.",
        "wide",
    )
    compact: kinds.CompactIfAny = key(
        20,
        "How many small parts a partition may have before workers with nothing else to do join "
        "them; small is less than half of file_size. never leaves it to `headwater compact`.",
        100,
    )
    file_size: Annotated[int, kinds.size(_LEAST_FILE)] = key(
        "256MB", "About how large a part becomes before the next one begins.", "128MB"
    )
    retries: Annotated[RetryKeys, BeforeValidator(_count_is_attempts)] = part(
        RetryKeys, "How often a batch that fails is tried: a number, or the keys below.", 3
    )
    lambda_below: Annotated[int, kinds.size(0)] = key(
        "100MB", "On AWS, batches below this size are converted by Lambda, others by Glue.", "250MB"
    )
    budget: BudgetKeys = part(
        BudgetKeys, "What the feed may cost on AWS at most.", {"per_run": "5 USD"}
    )
