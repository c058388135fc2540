"""SQL from people, answered over snapshots."""
