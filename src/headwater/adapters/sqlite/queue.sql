-- name: send
insert into messages (queue, body, visible_at) values (:queue, :body, :now);

-- name: any_visible
select 1 from messages where queue = :queue and dead = 0 and visible_at <= :now limit 1;

-- Chooses, marks and answers in one statement. What was received too often dies here.
-- name: receive
update messages
set dead = receives >= :max_receives,
    handle = iif(receives >= :max_receives, null, id || '-' || lower(hex(randomblob(8)))),
    receives = receives + (receives < :max_receives),
    visible_at = :until
where id in (
  select id from messages
  where queue = :queue and dead = 0 and visible_at <= :now
  order by visible_at, id
  limit :limit
)
returning id, body, handle, receives, dead;

-- name: extend
update messages set visible_at = :until
where queue = :queue and handle in (select value from json_each(:handles));

-- name: delete
delete from messages
where queue = :queue and handle in (select value from json_each(:handles));

-- name: depth
select
  (select count(*) from messages where queue = :queue and dead = 0 and visible_at <= :now),
  (select count(*) from messages where queue = :queue and dead = 0 and visible_at > :now),
  (select count(*) from messages where queue = :queue and dead = 1);

-- name: dead_letters
select id, body, receives from messages where queue = :queue and dead = 1
order by id
limit :limit;

-- name: redrive
update messages set dead = 0, receives = 0, visible_at = :now
where queue = :queue and dead = 1;
