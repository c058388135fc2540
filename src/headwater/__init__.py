"""Files and rows become a lake: landed untouched, every row accounted for, exactly once."""
