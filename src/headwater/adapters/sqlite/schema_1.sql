-- Version 1. Times are microseconds since 1970 in UTC. The feed '' holds what no feed matches.

create table arrivals (
  id text not null unique,
  feed text not null,
  key text not null,
  raw text not null,
  version text not null,
  generation integer not null,
  size_bytes integer not null,
  stamp text not null,
  records integer,
  landed_at integer not null,
  state text not null check (state in (
    'pending', 'processing', 'completed', 'quarantined', 'dead',
    'superseded', 'duplicate', 'stale', 'unrouted', 'missing')),
  cause text,
  manifest text,
  replaces text,
  position integer,
  rows_written integer not null default 0,
  rows_quarantined integer not null default 0,
  seq integer primary key
) strict;

create unique index arrivals_by_key on arrivals (key, feed, generation);
create index arrivals_by_raw on arrivals (raw);
create index arrivals_by_manifest on arrivals (manifest, position) where manifest is not null;
create index arrivals_waiting on arrivals (feed, seq) where state = 'pending';
create unique index arrivals_pending on arrivals (key, feed) where state = 'pending';
create unique index arrivals_processing on arrivals (key, feed) where state = 'processing';

create table manifests (
  id text not null unique,
  feed text not null,
  table_name text not null,
  size_bytes integer not null,
  created_at integer not null,
  state text not null check (state in ('open', 'claimed', 'staged', 'committed', 'dead')),
  attempt integer not null,
  worker text,
  lease_until integer,
  retry_at integer,
  error text,
  seq integer primary key
) strict;

create index manifests_alive on manifests (seq) where state in ('open', 'claimed', 'staged');

create table receipts (
  manifest text not null unique,
  feed text not null,
  body text not null,
  settled_at integer,
  seq integer primary key
) strict;

create index receipts_settled on receipts (settled_at, seq) where settled_at is not null;

create table parts (
  table_name text not null,
  path text not null,
  manifest text not null,
  rows integer not null,
  size_bytes integer not null,
  partition text not null,
  sha256 text,
  first_arrival text,
  last_arrival text,
  settled integer not null check (settled in (0, 1)),
  primary key (table_name, path)
) strict, without rowid;

create index parts_by_manifest on parts (manifest);

create table messages (
  id integer primary key autoincrement,
  queue text not null,
  body text not null,
  visible_at integer not null,
  receives integer not null default 0,
  handle text unique,
  dead integer not null default 0 check (dead in (0, 1))
) strict;

create index messages_living on messages (queue, visible_at, id) where dead = 0;
create index messages_dead on messages (queue, id) where dead = 1;
