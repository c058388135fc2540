select
    lpad(i::varchar, 5, '0') as customer_id,
    ['Ada', 'Bo', 'Cem', 'Dara', 'Eli', 'Finn', 'Gus', 'Hana'][1 + i % 8] || ' ' || chr((65 + i % 26)::integer) || '.' as name,
    ['private', 'private', 'trade'][1 + i % 3] as segment,
    date '2019-01-01' + (i * 37 % 2500)::integer as since
from range(2000) as t(i)
order by i
