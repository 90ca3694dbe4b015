"""The command that serves the pages."""

from __future__ import annotations

import socket
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import UsageError, alone, writing
from sim.cli.terminal import echo
from sim.words.language import say
from sim.words.phrases import phrase

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen at. Any but this machine's own needs a --pin.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8080,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder that keeps runs and rooms.")] = Path(
        "fundfreeze-data"
    ),
    pin: Annotated[
        str | None,
        typer.Option(
            envvar="FUNDFREEZE_PIN",
            help="What the facilitator types, at least 6 characters; without it one is made up and printed.",
        ),
    ] = None,
    exercises: Annotated[
        Path | None,
        typer.Option("--exercises", metavar="PATH", help="An exercise file of yours, or a folder of them, to offer."),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option("--behind-proxy", help="Take the word of a proxy on this machine for who asks (X-Forwarded-For)."),
    ] = False,
) -> None:
    """Serve the planner's and the trainers' pages to browsers."""
    if find_spec("nicegui") is None:
        raise UsageError(
            phrase("serve: read no NiceGUI, accepted: an installation of it: pip install 'fundfreeze[web]'")
        )
    from sim.web.access import LEAST_PIN, Access, is_loopback, key_of, new_pin
    from sim.web.app import serve as serve_pages
    from sim.web.exercises import own
    from sim.web.site import Site

    if pin is None and not is_loopback(host):
        raise UsageError(
            phrase("--host: read {host} without a PIN, accepted: --pin, or an address of this machine alone", host=host)
        )
    if pin is not None and len(pin.strip()) < LEAST_PIN:
        raise UsageError(
            phrase("--pin: read {n} characters, accepted: at least {least}", n=len(pin.strip()), least=LEAST_PIN)
        )
    offered = own(exercises) if exercises is not None else []
    _free(host, port)
    with alone(data, "--data"):
        with writing(data, "--data"):
            key = key_of(data)
        said = (pin or new_pin()).strip()
        echo(say("Pages at {address}", address=f"http://{_shown(host)}:{port}"))
        made_up = pin is None
        echo(say("The facilitator's PIN: {pin}", pin=said if made_up else say("the one that you gave")))
        echo(say("Ctrl-C ends the server; rooms and runs are kept."))
        with suppress(KeyboardInterrupt):
            site = Site(data, Access(said, key, made_up=made_up))
            serve_pages(site, host, port, behind_proxy=behind_proxy, exercises=offered)


def _shown(host: str) -> str:
    """An address as a browser takes it; for every address of this machine its name."""
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _free(host: str, port: int) -> None:
    """Refuse an address at which this process cannot listen.

    Raises:
        UsageError: the port is taken, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise UsageError(
            phrase(
                "--host, --port: read {host}:{port}: {why}; accepted: a free port of this machine",
                host=host, port=port, why=error.strerror or error,
            )
        ) from None  # fmt: skip
