"""Dumps of databases, as `pg_dump` and `mysqldump` write them."""
