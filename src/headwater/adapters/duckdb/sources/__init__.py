"""Files as relations of raw cells, whatever they are and however many."""
