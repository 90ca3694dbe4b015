"""Many runs: which there are, who makes them, and where they are kept."""
