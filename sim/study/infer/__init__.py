"""What numbers of many runs allow to be said: intervals, selection, search, rejection."""
