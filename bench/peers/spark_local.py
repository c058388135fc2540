"""Spark on two local cores, told the schema so that it reads the input once."""

import sys

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

SCHEMA = (
    "order_id bigint, customer_id bigint, order_ts timestamp, region string, sku string,"
    " quantity int, amount decimal(12,2), paid boolean, ship_date date, note string"
)


def main(case: str, source: str, out: str) -> None:
    spark = (
        SparkSession.builder.master("local[2]")
        .appName("bench")
        .config("spark.ui.enabled", value=False)
        .config("spark.driver.memory", "2g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", f"{out}/../scratch")
        .config("spark.sql.warehouse.dir", f"{out}/../scratch/warehouse")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    write(case, rows(spark, case, source), out)
    spark.stop()


def rows(spark: SparkSession, case: str, source: str) -> DataFrame:
    if case == "ndjson":
        return spark.read.schema(SCHEMA).json(source)
    return spark.read.schema(SCHEMA).option("header", value=True).option("escape", '"').csv(source)


def write(case: str, table: DataFrame, out: str) -> None:
    if case == "partitioned":
        when = table["order_ts"]
        dated = table.withColumns(
            {"year": f.year(when), "month": f.month(when), "day": f.day(when)}
        )
        dated.write.mode("append").partitionBy("year", "month", "day").parquet(out)
    else:
        table.write.mode("append").parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
