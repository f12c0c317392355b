"""`xl-cryptoai serve`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.show import say


@click.command("serve")
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option(
    "--port", default=8000, type=click.IntRange(min=1, max=65535), help="Port to listen on."
)
@click.option(
    "--workers", default=1, type=click.IntRange(min=1), help="Number of server processes."
)
@click.option(
    "--license-key",
    "license_key",
    default="",
    show_default=False,
    envvar="XLWINGS_LICENSE_KEY",
    help="Key for xlwings Server; there is no default.",
)
@click.option(
    "--cert",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate (PEM), to serve over https.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate's key (PEM).",
)
@click.option(
    "--project",
    type=options.PATH,
    help="Only write the server project into this new folder, for deployment.",
)
@click.option(
    "--from",
    "source",
    type=options.PATH,
    help="Serve the project in this folder.",
)
@click.pass_context
def serve(
    context: click.Context,
    host: str,
    port: int,
    workers: int,
    license_key: str,
    cert: Path | None,
    key: Path | None,
    project: Path | None,
    source: Path | None,
) -> None:
    """Serve the functions to Excel on Windows, Mac and the web.

    The workbook that `build --for office` writes calls these functions, such as CAI.TAM; whoever
    opens it needs no Python. Excel loads add-ins over https only, so give a certificate here, or
    put a web server with one in front. Runs until Ctrl-C.

    It runs on xlwings Server, which is not under this product's licence: it is free for
    noncommercial use (key "noncommercial"), under the PolyForm Noncommercial licence; any other
    use needs a paid licence from xlwings.org. Install it in the
    project's folder with pip install ".[server]".

    \b
    Examples:
      xl-cryptoai serve --license-key noncommercial --cert localhost.pem --key localhost-key.pem
      xl-cryptoai serve --host 0.0.0.0 --port 8080 --workers 4
      xl-cryptoai serve --project server
      xl-cryptoai serve --from server --workers 2
    """
    if source is not None and options.VARIABLE not in context.meta:
        own = source.absolute() / "model"  # as a project of an own model keeps it
        if own.is_dir():
            options.use_model(context, own)
    if project is not None:
        from xl_cryptoai_server.project import write_project

        for path in write_project(project):
            say(path)
        say(f"Serve it with XLWINGS_LICENSE_KEY set: xl-cryptoai serve --from {project}")
        return
    from xl_cryptoai_server import start

    if (cert is None) != (key is None):
        raise click.BadParameter("--cert and --key go together; give both")
    certificate = (cert, key) if cert and key else None
    start.serve(start.Site(license_key, host, port, workers, certificate), source)
