"""What Parquet files say of themselves that has to be checked before they are read."""
