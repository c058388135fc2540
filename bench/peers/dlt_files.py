"""dlt into its filesystem destination as Parquet: rows as its guides show, or Arrow batches."""

import os
import sys
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
os.environ["NORMALIZE__WORKERS"] = "2"
os.environ["NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION"] = "true"

import dlt
from dlt.sources.filesystem import filesystem, read_csv, read_csv_duckdb, read_jsonl


def main(case: str, source: str, out: str, way: str) -> None:
    os.environ["DLT_DATA_DIR"] = f"{out}/../scratch"
    pipeline = dlt.pipeline(
        pipeline_name="bench",
        pipelines_dir=f"{out}/../scratch",
        destination=dlt.destinations.filesystem(Path(out).as_uri()),
        dataset_name="lake",
    )
    pipeline.run(
        reader(case, source, way).with_name("sales"),
        loader_file_format="parquet",
        write_disposition="append",
    )


def reader(case: str, source: str, way: str) -> object:
    path = Path(source)
    files = (
        filesystem(path.as_uri(), file_glob="*.csv")
        if case == "files"
        else filesystem(path.parent.as_uri(), file_glob=path.name)
    )
    if case == "ndjson":
        return files | read_jsonl(chunksize=50_000)
    if way == "arrow":
        return files | read_csv_duckdb(chunk_size=200_000, use_pyarrow=True)
    return files | read_csv(chunksize=50_000)


if __name__ == "__main__":
    main(*sys.argv[1:])
