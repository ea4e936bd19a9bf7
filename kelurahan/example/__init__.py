"""Example data: numbers made up for a city, the same bytes on every machine. Pure Python and NumPy."""
