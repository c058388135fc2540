"""Events in the box: what S3 announces, what rules pass on, and what comes by the clock."""
