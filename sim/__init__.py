"""fundfreeze: the race between stolen money and the people who chase it, simulated."""

__version__ = "0.1.0"
