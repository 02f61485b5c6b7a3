"""Figures are measured beside their limit, and checked in the same run."""
