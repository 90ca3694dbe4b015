"""One file for each kind of fault that was found once: the right value, and the kind searched for everywhere."""
