-- Version 4: what has no receipt: checks of batches that they halted, and costs of compactions.

create table halts (
  manifest text not null unique,
  feed text not null,
  at integer not null,
  checks text not null,
  seq integer primary key
) strict;

create index halts_by_feed on halts (feed, at, seq);

create table upkeep (
  attempt text not null unique,
  feed text not null,
  at integer not null,
  bytes_in integer not null,
  bytes_out integer not null,
  cpu_seconds real not null,
  cost text not null,
  seq integer primary key
) strict;

create index upkeep_by_time on upkeep (at);

-- A budget asks before every claim what the month has cost: answered from this index alone.
create index receipts_spent on receipts (
  feed, substr(body ->> '$.finished_at', 1, 7), body ->> '$.cost.currency',
  body ->> '$.cost.nanos'
) where settled_at is not null;
