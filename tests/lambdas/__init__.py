"""A lake whose steps are functions, in the box: events, machines, and what goes wrong."""
