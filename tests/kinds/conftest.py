"""What the tests of kinds share: the command line in an empty folder, and a server with a browser."""

from tests.cli.conftest import fundfreeze
from tests.web.conftest import browser, nursery, server

__all__ = ["browser", "fundfreeze", "nursery", "server"]
