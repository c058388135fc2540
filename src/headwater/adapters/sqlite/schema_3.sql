-- Version 3: what is expected of feeds, who was told, and the runs of checks.

create index arrivals_landed on arrivals (feed, landed_at);
create index manifests_dead on manifests (seq) where state = 'dead';
create index receipts_by_feed on receipts (feed, settled_at, seq) where settled_at is not null;

create table events (
  feed text not null,
  subject text not null,
  kind text not null,
  was text,
  at integer not null,
  since integer,
  message text not null,
  hint text not null,
  seq integer primary key
) strict;

create index events_by_subject on events (feed, subject, seq);

-- What a notifier has been told, up to which event, and until when somebody is telling it.
create table notifiers (
  name text not null primary key,
  told integer not null,
  busy_until integer not null default 0
) strict, without rowid;

-- Since when a feed is watched, and when somebody last looked; the feed '' is the lake.
create table watches (
  feed text not null primary key,
  since integer not null,
  looked integer not null
) strict, without rowid;
