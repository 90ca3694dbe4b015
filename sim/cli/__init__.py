"""Commands: options once, one file for each family; the way in is `sim.__main__`."""
