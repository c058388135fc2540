"""What is this file? Its format, compression and dialect, and its records one by one."""
