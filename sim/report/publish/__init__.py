"""Whatever writes a file or a folder of results: words come from findings, pictures from figures."""
