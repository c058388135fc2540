"""The name by which a thread that answers a question is known."""

QUESTION_THREAD = "headwater-question"
"""Some of these heed no interrupt, and end with the process."""
