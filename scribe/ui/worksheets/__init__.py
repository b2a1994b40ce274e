"""Worksheets: what lies open over the lower half of the incident's screen while the capture line keeps the focus."""
