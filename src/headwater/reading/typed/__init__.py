"""Files with types of their own: Avro and ORC."""
