"""Names of functions that are not of one row alone: of many, of several answers, of the moment."""

from __future__ import annotations

GATHERING = frozenset(
    {
        "any_value", "approx_count_distinct", "approx_quantile", "approx_top_k", "arbitrary",
        "arg_max", "arg_max_null", "arg_max_nulls_last", "arg_min", "arg_min_null",
        "arg_min_nulls_last", "argmax", "argmin", "array_agg", "avg", "bit_and", "bit_or",
        "bit_xor", "bitstring_agg", "bool_and", "bool_or", "combine_aggr", "corr", "count",
        "count_if", "count_star", "countif", "covar_pop", "covar_samp", "decimal_average",
        "entropy", "favg", "first", "fsum", "geomean", "geometric_mean", "group_concat",
        "histogram", "histogram_exact", "kahan_sum", "kurtosis", "kurtosis_pop", "last", "list",
        "listagg", "lttb", "mad", "max", "max_by", "mean", "median", "min", "min_by", "mode",
        "product", "quantile", "quantile_cont", "quantile_disc", "regr_avgx", "regr_avgy",
        "regr_count", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy",
        "reservoir_quantile", "sem", "skewness", "stddev", "stddev_pop", "stddev_samp",
        "string_agg", "sum", "sum_no_overflow", "sumkahan", "var_pop", "var_samp", "variance",
        "variant_group_object", "wavg", "weighted_avg",
    }
)  # fmt: skip
"""Those that put rows together."""

SPREADING = frozenset({"unnest", "generate_subscripts"})
"""Those that make several rows of one."""

UNSTEADY = frozenset(
    {
        "current_connection_id", "current_database", "current_date", "current_localtime",
        "current_localtimestamp", "current_query", "current_query_id", "current_role",
        "current_schema", "current_schemas", "current_setting", "current_time", "current_timestamp",
        "current_transaction_id", "current_user", "currval", "error", "gen_random_uuid",
        "get_current_time", "get_current_timestamp", "getvariable", "in_search_path", "localtime",
        "localtimestamp", "nextval", "now", "random", "session_user", "setseed", "setval",
        "sleep_ms", "stats", "today", "transaction_timestamp", "txid_current", "user", "uuid",
        "uuidv4", "uuidv7", "vector_type", "write_log",
    }
)  # fmt: skip
"""Those whose answer is another each time, or depends on who asks."""
