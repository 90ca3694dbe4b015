"""Findings: what came of it in words and tables. No pictures, no files."""
