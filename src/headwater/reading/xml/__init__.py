"""XML: its row element found, its rows streamed."""
