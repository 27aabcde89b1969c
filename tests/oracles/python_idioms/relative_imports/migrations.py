"""A package whose modules import each other relatively."""

from steps import MIGRATIONS

__all__ = ["MIGRATIONS"]
