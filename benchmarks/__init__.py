"""Our engine side by side with the same model written the usual way: `python -m benchmarks`."""
