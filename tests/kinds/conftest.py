"""What the tests of kinds share: the command line in an empty folder."""

from tests.cli.conftest import fundfreeze

__all__ = ["fundfreeze"]
