with numbered as (
  select
    range as i,
    case when $twins > 0 and range % $twins = 0
      then (range + $rows // 2 + 1) % $rows  -- the key of a row that is far away
      else range end as k,
    cast(hash(range, 7) >> 2 as bigint) as h
  from range($rows)
)
select
  (k * 2654435761) % $rows as order_id,
  1 + h % $customers as customer_id,
  timestamp '2025-01-06 00:00:00' + to_seconds((h >> 18) % 7776000) as ordered,
  chr(cast(65 + h % 26 as integer)) || '-' || lpad(cast((h >> 10) % 20000 as varchar), 5, '0') as sku,
  1 + (h >> 25) % 12 as quantity,
  cast(((h >> 29) % 49999 + 101) / 100 as decimal(12, 2)) as amount,
  case (h >> 45) % 4 when 0 then 'gift wrap' when 1 then 'call first, see ' || (h >> 40) % 100000 end
    as note
from numbered
