"""What a real account makes of a lake: run by whoever has one, and by nobody else."""
