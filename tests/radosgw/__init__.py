"""A second, stricter S3: radosgw, as Debian packs it, on loopback."""
