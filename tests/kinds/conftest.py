"""The commands in this process, as the tests of the command line have them."""

from tests.cli.conftest import fundfreeze

__all__ = ["fundfreeze"]
