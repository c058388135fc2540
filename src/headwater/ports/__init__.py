"""What the flow asks of the world: store, queue, ledger, tables, engine."""
