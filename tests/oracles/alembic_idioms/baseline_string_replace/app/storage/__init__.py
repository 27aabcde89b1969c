from .tables import ALL_TABLES

__all__ = ["ALL_TABLES"]
