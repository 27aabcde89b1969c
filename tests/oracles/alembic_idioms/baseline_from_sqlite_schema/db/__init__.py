"""The database of the application."""
