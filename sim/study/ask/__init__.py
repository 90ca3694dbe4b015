"""Questions that are asked of many runs, a file each."""
