"""A lake to look at: three feeds of believable data, landed, converted, queried, drawn."""
