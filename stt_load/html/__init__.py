"""A saved run, or several, as one HTML file that needs nothing beside it."""
