"""The job that converts one batch that is too large for a function, on Glue or EMR Serverless.

It is DuckDB on one larger machine, as in a function: the driver does all of it, and Spark's
executors nothing. Headwater comes from the library that the job is given.
"""

# ruff: noqa: INP001 - a script by itself, in a bucket
from headwater.lambdas.job import run

if __name__ == "__main__":
    run()
