with numbered as (
  select
    range as i,
    cast(hash(range, $seed) >> 2 as bigint) as h,
    cast(hash($seed, range) >> 2 as bigint) as g
  from range($rows)
)
select
  10000001 + i as order_id,
  1 + h % 250000 as customer_id,
  timestamp '2025-01-06 00:00:00' + to_seconds((h >> 18) % 90 * 86400 + (h >> 25) % 86400)
    as order_ts,
  ['north', 'south', 'east', 'west', 'central', 'coast', 'islands', 'abroad'][1 + (h >> 42) % 8]
    as region,
  chr(cast(65 + g % 26 as integer)) || chr(cast(65 + (g >> 5) % 26 as integer))
    || '-' || lpad(cast((g >> 10) % 20000 as varchar), 5, '0') as sku,
  1 + (g >> 25) % 12 as quantity,
  cast(((g >> 29) % 49999 + 101) / 100 as decimal(12, 2)) as amount,
  (h >> 46) % 5 <> 0 as paid,
  case when (h >> 49) % 9 <> 0
    then date '2025-01-06' + cast((h >> 18) % 90 + 1 + (h >> 53) % 6 as integer)
  end as ship_date,
  case (g >> 45) % 8
    when 0 then 'gift wrap, please'
    when 1 then 'leave with the neighbour at number ' || cast(1 + (g >> 48) % 120 as varchar)
    when 2 then 'customer said "call first"'
    when 3 then 'Lieferung nach ' || ['Köln', 'München', 'Zürich', 'Málaga'][1 + (g >> 52) % 4]
    when 4 then 'second try, see order ' || cast(10000001 + (g >> 40) % 1000000 as varchar)
  end as note
from numbered
