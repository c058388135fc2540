-- Lists come in as JSON arrays. Every change of a state names the states it may start from,
-- which the caller takes from the table of legal moves.

-- name: known
select a.* from arrivals a
where a.raw in (select value from json_each(:raws))
order by a.seq;

-- The newest under each key, and the duplicates that were registered behind it.
-- name: newest_with_duplicates
with pairs as (select value ->> 0 as feed, value ->> 1 as key from json_each(:pairs))
select a.* from pairs p cross join arrivals a on a.key = p.key and a.feed = p.feed
where a.generation >= coalesce(
  (select max(n.generation) from arrivals n
   where n.key = p.key and n.feed = p.feed and n.state <> 'duplicate'), 0)
order by a.generation;

-- Every version that stands under each key, where versions stand apart.
-- name: under_places
with pairs as (select value ->> 0 as feed, value ->> 1 as key from json_each(:pairs))
select a.* from pairs p cross join arrivals a on a.key = p.key and a.feed = p.feed
order by a.generation;

-- name: add_arrival
insert into arrivals (
  id, feed, key, raw, version, generation, size_bytes, stamp, records, landed_at,
  state, cause, manifest, replaces)
values (
  :id, :feed, :key, :raw, :version, :generation, :size_bytes, :stamp, :records, :landed_at,
  :state, :cause, :manifest, :replaces);

-- name: refresh_stamp
update arrivals set stamp = :stamp where id = :id;

-- name: supersede
update arrivals set state = 'superseded'
where id = :id and state in (select value from json_each(:sources));

-- Versions under one key are read one after the other, in the order of registration.
-- name: due
select a.id, a.size_bytes, a.landed_at from arrivals a
where a.feed = :feed and a.state = 'pending' and not exists (
  select 1 from arrivals p where p.key = a.key and p.feed = a.feed and p.state = 'processing')
and not exists (
  select 1 from arrivals e
  where e.key = a.key and e.feed = a.feed and e.state = 'pending' and e.seq < a.seq)
order by a.seq
limit :files;

-- name: add_manifest
insert into manifests (
  id, feed, table_name, size_bytes, created_at,
  state, attempt, worker, lease_until, retry_at, error)
values (
  :id, :feed, :table_name, :size_bytes, :created_at,
  :state, :attempt, :worker, :lease_until, :retry_at, :error);

-- name: assign
update arrivals set state = 'processing', manifest = :manifest, position = :position
where id = :id and state in (select value from json_each(:sources));

-- name: any_claimable
select 1 from manifests
where state in ('open', 'claimed', 'staged')
  and coalesce(lease_until, retry_at, 0) <= :now
  and (:feeds is null or feed in (select value from json_each(:feeds)))
  and id not in (select value from json_each(:besides))
  and (:only is null or id = :only)
limit 1;

-- An open manifest has no lease, a claimed one no retry time: what is set is what is waited for.
-- name: claim
update manifests
set state = 'claimed', attempt = attempt + 1, worker = :worker, lease_until = :until,
    retry_at = null
where seq = (
  select seq from manifests
  where state in ('open', 'claimed', 'staged')
    and state in (select value from json_each(:sources))
    and coalesce(lease_until, retry_at, 0) <= :now
    and (:feeds is null or feed in (select value from json_each(:feeds)))
    and id not in (select value from json_each(:besides))
    and (:only is null or id = :only)
  order by seq
  limit 1
)
returning *, (
  select json_group_array(a.id order by a.position) from arrivals a
  where a.manifest = manifests.id);

-- name: attempt
select state, attempt from manifests where id = :manifest;

-- name: renew
update manifests set lease_until = :until
where id = :manifest and attempt = :attempt and state in ('claimed', 'staged');

-- name: stage
update manifests set state = 'staged'
where id = :manifest and attempt = :attempt
  and state in (select value from json_each(:sources));

-- name: end_manifest
update manifests
set state = :state, error = :error, worker = null, lease_until = null, retry_at = :retry_at
where id = :manifest and attempt = :attempt
  and state in (select value from json_each(:sources));

-- name: keep_receipt
insert into receipts (manifest, feed, body, settled_at)
values (:manifest, :feed, :body, :settled_at)
on conflict (manifest) do update set body = excluded.body, settled_at = excluded.settled_at
where settled_at is null;

-- A hash that was known when the part was staged stays known when the log, which has none, is
-- where the part is settled from.
-- name: keep_part
insert into parts (
  table_name, path, manifest, rows, size_bytes, partition, sha256, first_arrival, last_arrival,
  settled)
values (
  :table_name, :path, :manifest, :rows, :size_bytes, :partition, :sha256, :first_arrival,
  :last_arrival, :settled)
on conflict (table_name, path) do update set
  rows = excluded.rows, size_bytes = excluded.size_bytes, partition = excluded.partition,
  sha256 = coalesce(excluded.sha256, sha256),
  first_arrival = coalesce(excluded.first_arrival, first_arrival),
  last_arrival = coalesce(excluded.last_arrival, last_arrival),
  settled = excluded.settled;

-- name: forget_unsettled_parts
delete from parts where manifest = :manifest and settled = 0;

-- name: end_arrival
update arrivals
set state = :state, cause = :cause, rows_written = :rows_written,
    rows_quarantined = :rows_quarantined
where id = :id and manifest = :manifest and state in (select value from json_each(:sources));

-- name: supersede_older
update arrivals set state = 'superseded'
where (key, feed) = (select key, feed from arrivals where id = :id)
  and generation < (select generation from arrivals where id = :id)
  and (not :apart or (raw, version) = (select raw, version from arrivals where id = :id))
  and state in (select value from json_each(:sources));

-- name: bury_arrivals
update arrivals set state = 'dead', cause = :cause
where manifest = :manifest and state in (select value from json_each(:sources));

-- name: arrival
select * from arrivals where id = :id;

-- name: some_arrivals
select a.* from json_each(:ids) i cross join arrivals a on a.id = i.value order by i.key;

-- name: members
select * from arrivals where manifest = :manifest order by position;

-- name: arrivals
select a.* from arrivals a
where a.seq > :after
  and (:feed is null or a.feed = :feed)
  and (:states is null or a.state in (select value from json_each(:states)))
order by a.seq
limit :limit;

-- name: arrivals_under_key
select a.* from arrivals a
where a.key = :key and a.seq > :after
  and (:feed is null or a.feed = :feed)
  and (:states is null or a.state in (select value from json_each(:states)))
order by a.seq
limit :limit;

-- name: place
select seq from arrivals where id = :id;

-- name: newest
select a.* from json_each(:keys) k cross join arrivals a on a.key = k.value and a.feed = :feed
where a.generation = (
  select max(n.generation) from arrivals n
  where n.key = k.value and n.feed = :feed and n.state <> 'duplicate');

-- The latest of each version, where versions stand apart.
-- name: newest_apart
select a.* from json_each(:keys) k cross join arrivals a on a.key = k.value and a.feed = :feed
where a.state <> 'duplicate' and not exists (
  select 1 from arrivals n
  where n.key = a.key and n.feed = a.feed and n.raw = a.raw and n.version = a.version
    and n.generation > a.generation and n.state <> 'duplicate')
order by a.generation;

-- name: visible
select a.* from json_each(:keys) k cross join arrivals a on a.key = k.value and a.feed = :feed
where a.state = 'completed'
order by a.seq;

-- name: landed_since
select * from arrivals where feed = :feed and landed_at >= :at order by landed_at, seq;

-- name: manifest
select m.*, (
  select json_group_array(a.id order by a.position) from arrivals a where a.manifest = m.id)
from manifests m where m.id = :manifest;

-- name: manifests
select m.*, (
  select json_group_array(a.id order by a.position) from arrivals a where a.manifest = m.id)
from manifests m
where (:feed is null or m.feed = :feed)
  and (:states is null or m.state in (select value from json_each(:states)))
order by m.seq;

-- name: receipt
select body from receipts where manifest = :manifest;

-- name: receipts
select body from receipts
where settled_at is not null and (:feed is null or feed = :feed)
order by settled_at desc, seq desc
limit :limit;

-- A batch is settled after it is finished, so that the index finds what is recent enough.
-- name: spending
select feed, substr(body ->> '$.finished_at', 1, 7) as month, body ->> '$.cost.currency' as money,
  sum(body ->> '$.cost.nanos'), count(*), sum(json_array_length(body, '$.files')),
  sum(coalesce(
    (select sum(value ->> '$.size_bytes') from json_each(body, '$.build.inputs')),
    (select sum(value ->> '$.size_bytes') from json_each(body, '$.files')), 0)),
  sum(body ->> '$.size_bytes_out'), total(body ->> '$.cpu_seconds'),
  iif(body ->> '$.build' is null, 'batches', 'builds') as work
from receipts
where settled_at is not null and settled_at >= :settled_since
  and (:feed is null or feed = :feed)
  and body ->> '$.cost.nanos' is not null
group by feed, month, money, work
having month >= :since
union all
select feed, strftime('%Y-%m', at / 1000000, 'unixepoch') as month, cost ->> '$.currency' as money,
  sum(cost ->> '$.nanos'), count(*), 0, sum(bytes_in), sum(bytes_out), total(cpu_seconds),
  'compactions' as work
from upkeep
where at >= :settled_since and (:feed is null or feed = :feed)
group by feed, month, money
order by 1, 2, 3, work;

-- name: spent
select (
  select coalesce(sum(body ->> '$.cost.nanos'), 0) from receipts indexed by receipts_spent
  where settled_at is not null and feed = :feed
    and substr(body ->> '$.finished_at', 1, 7) = :month and body ->> '$.cost.currency' = :currency
) + (
  select coalesce(sum(cost ->> '$.nanos'), 0) from upkeep
  where feed = :feed and at >= :begin and strftime('%Y-%m', at / 1000000, 'unixepoch') = :month
    and cost ->> '$.currency' = :currency
);

-- name: upkeep
insert into upkeep (attempt, feed, at, bytes_in, bytes_out, cpu_seconds, cost)
values (:attempt, :feed, :at, :bytes_in, :bytes_out, :cpu_seconds, :cost)
on conflict do nothing;

-- name: manners
select body -> '$.manners'
from receipts
where settled_at is not null and feed = :feed and json_array_length(body, '$.manners') > 0
order by settled_at desc, seq desc
limit 1;

-- name: source
select body -> '$.source'
from receipts
where settled_at is not null and feed = :feed and json_array_length(body, '$.source.columns') > 0
order by settled_at desc, seq desc
limit 1;

-- name: brought
select body ->> '$.feed', body ->> '$.manifest', body ->> '$.version', body ->> '$.finished_at',
  body -> '$.changes'
from receipts
where settled_at is not null and body ->> '$.table' = :table_name
  and json_array_length(body, '$.changes') > 0
order by settled_at, seq;

-- name: parts
select path, rows, size_bytes, partition, sha256, first_arrival, last_arrival from parts
where table_name = :table_name and path > :after and settled = 1
order by path
limit :limit;

-- name: arrivals_by_state
select feed, state, count(*),
       sum(iif(state = 'completed', rows_written, 0)),
       sum(iif(state in ('completed', 'quarantined'), rows_quarantined, 0))
from arrivals group by feed, state;

-- name: manifests_by_state
select feed, state, count(*), min(iif(state = 'open', retry_at, null))
from manifests group by feed, state;

-- What is read again waits since it was asked for, not since its bytes came.
-- name: pending
select a.feed, sum(a.size_bytes), min(iif(b.id is null, a.landed_at, null))
from arrivals a left join arrivals b
  on b.id = a.replaces and b.raw = a.raw and b.version = a.version
where a.state = 'pending' group by a.feed;

-- name: replaying
select a.feed, count(*) from arrivals a join arrivals b
  on b.id = a.replaces and b.raw = a.raw and b.version = a.version
where a.state in ('pending', 'processing') group by a.feed;

-- name: anything
select exists (select 1 from arrivals) or exists (select 1 from manifests);

-- name: load_member
update arrivals set manifest = :manifest, position = :position where id = :id;

-- name: load_books
update arrivals set rows_written = :rows_written, rows_quarantined = :rows_quarantined
where id = :id;

-- One row for each pattern in each period in which anything came. Of a key, the version that
-- is to be read is looked at, and the time at which its first one landed there.
-- name: came
with wanted as (
  select value ->> 'period' as period, value ->> 'pattern' as pattern,
         value ->> 'start' as start, value ->> 'stop' as stop,
         value ->> 'low' as low, value ->> 'high' as high,
         value ->> 'glob' as glob, value ->> 'depth' as depth
  from json_each(:wanted)
), seen as (
  select w.period, w.pattern, w.depth, a.*
  from wanted w cross join arrivals a indexed by arrivals_landed
  on a.feed = :feed and a.landed_at >= w.start and a.landed_at < w.stop and a.key glob w.glob
  where w.start is not null
  union all
  select w.period, w.pattern, w.depth, a.*
  from wanted w cross join arrivals a indexed by arrivals_by_key
  on a.key >= w.low and a.key < w.high and a.feed = :feed and a.key glob w.glob
  where w.start is null
), versions as (
  select period, pattern, state, rows_written, size_bytes,
    state in ('quarantined', 'dead', 'missing') as refused,
    min(landed_at) over each as landed_at,
    row_number() over (
      each order by state in ('quarantined', 'dead', 'missing'), state = 'duplicate',
      generation desc) as place
  from seen
  where depth is null or length(key) - length(replace(key, '/', '')) = depth
  window each as (partition by period, pattern, key)
), files as (
  select *, row_number() over (partition by period, pattern, refused order by landed_at) as number
  from versions where place = 1
)
select period, pattern,
  sum(not refused), sum(state in ('pending', 'processing')), sum(refused),
  sum(iif(refused, 0, rows_written)), sum(iif(refused, 0, size_bytes)), min(iif(refused, null, landed_at)),
  max(iif(not refused and number = :least, landed_at, null))
from files group by period, pattern;

-- Their records as they were counted beside the parser, which only the receipts tell.
-- name: landed_within
with landed as materialized (
  select a.id, a.manifest from arrivals a
  where a.state = 'completed' and a.feed = :feed and a.key in (
    select l.key from arrivals l
    where l.feed = :feed and l.landed_at >= :start and l.landed_at < :stop)
)
select l.id, f.value ->> '$.books.counted'
from (select distinct manifest from landed) m
cross join receipts r on r.manifest = m.manifest
cross join json_each(r.body, '$.files') f
cross join landed l on l.id = f.value ->> 'arrival';

-- name: first_landed
select min(landed_at) from arrivals where feed = :feed;

-- name: watch
insert into watches (feed, since, looked) values (:feed, :now, :now)
on conflict (feed) do update set looked = max(looked, excluded.looked);

-- name: watched
select since, looked from watches where feed = :feed;

-- An event is what was not so before; nothing recovers that never stood badly.
-- name: record
insert into events (feed, subject, kind, was, at, since, message, hint)
select :feed, :subject, :kind, before.kind, :at, :since, :message, :hint
from (select 1) left join (
  select kind from events where feed = :feed and subject = :subject order by seq desc limit 1
) before
where before.kind is not :kind and (:kind <> 'recovered' or before.kind is not null);

-- name: dead_batches
select m.feed, m.id, m.error, coalesce(
  (select a.cause ->> '$.code' from arrivals a where a.manifest = m.id limit 1),
  (select 'check_failed' from halts h where h.manifest = m.id))
from manifests m
where m.state = 'dead' and m.created_at >= :since
  and not exists (select 1 from events e where e.feed = m.feed and e.subject = m.id)
order by m.seq limit :limit;

-- name: refusing_batches
select r.feed, r.manifest, sum(a.rows_quarantined), sum(a.state = 'quarantined')
from receipts r join arrivals a on a.manifest = r.manifest
where r.settled_at >= :since
  and (a.rows_quarantined > 0 or a.state = 'quarantined')
  and not exists (select 1 from events e where e.feed = r.feed and e.subject = r.manifest)
group by r.feed, r.manifest order by r.settled_at limit :limit;

-- name: meet_notifier
insert into notifiers (name, told)
values (:name, (select coalesce(max(seq), 0) from events))
on conflict do nothing;

-- name: knows_notifier
select 1 from notifiers where name = :name;

-- name: any_untold
select 1 from notifiers
where name = :name and busy_until <= :now and told < (select max(seq) from events);

-- name: take_notifier
update notifiers set busy_until = :until
where name = :name and busy_until <= :now and told < (select max(seq) from events)
returning told;

-- name: untold
select seq, feed, subject, kind, at, message, hint, since, was from events
where seq > :told order by seq limit :limit;

-- name: told
update notifiers set told = max(told, :event), busy_until = :until where name = :name;

-- name: check_runs
with told as (
  select * from (
    select manifest, settled_at as at, 0 as halted, seq, body -> '$.checks' as checks from receipts
    where settled_at is not null and feed = :feed and json_array_length(body, '$.checks') > 0
    order by settled_at desc, seq desc limit :runs
  ) union all select * from (
    select manifest, at, 1, seq, checks from halts
    where feed = :feed order by at desc, seq desc limit :runs
  )
)
select r.manifest, r.at, r.halted, c.value ->> 'name', c.value ->> 'action',
  c.value ->> 'examined', c.value ->> 'failed'
from (select * from told order by at desc, halted desc, seq desc limit :runs) r
cross join json_each(r.checks) c
order by r.at, r.halted, r.seq;

-- name: halt
insert into halts (manifest, feed, at, checks) values (:manifest, :feed, :at, :checks)
on conflict do nothing;

-- name: checks_failing_since
with runs as (
  select c.value ->> 'name' as name, c.value ->> 'failed' as failed, r.settled_at as at
  from receipts r cross join json_each(r.body, '$.checks') c
  where r.settled_at is not null and r.feed = :feed
  union all
  select c.value ->> 'name', c.value ->> 'failed', h.at
  from halts h cross join json_each(h.checks) c where h.feed = :feed
), good as (
  select name, max(at) as at from runs where failed = 0 group by name
)
select runs.name, min(runs.at) from runs left join good using (name)
where failed > 0 and runs.at > coalesce(good.at, 0)
group by runs.name;
