-- Version 4: what checks found in batches that they halted, which have no receipt.

create table halts (
  manifest text not null unique,
  feed text not null,
  at integer not null,
  checks text not null,
  seq integer primary key
) strict;

create index halts_by_feed on halts (feed, at, seq);
