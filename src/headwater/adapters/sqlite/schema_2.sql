-- Version 2. Versions under one key may stand apart, and then wait and are read beside each other;
-- of one version of one object there is still but one replay at a time.

drop index arrivals_pending;
drop index arrivals_processing;
create unique index arrivals_pending on arrivals (key, feed, raw, version)
where state = 'pending';
create unique index arrivals_processing on arrivals (key, feed, raw, version)
where state = 'processing';
