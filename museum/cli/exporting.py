"""`museum export-tiles`: pictures as static files for a plain server."""

from functools import partial
from pathlib import Path

import click

from museum.cli.terminal import Bars, home_option, language, opened, put_json


@click.command("export-tiles", epilog="Example: museum --home hue export-tiles out/ --base-url https://cdn.example/hue")
@home_option
@click.argument("folder", metavar="DEST", type=click.Path(path_type=Path, file_okay=False))
@click.argument("record_ids", metavar="[RECORD]...", nargs=-1)
@click.option("--base-url", required=True, help="Where DEST will be seen: begins every address in it.")
@click.option("--version", type=click.Choice(["3", "2"]), default="3", show_default=True, help="Image API 3.0 or 2.1.")
@click.option("--manifests", "with_manifests", is_flag=True, help="Manifests too, pointing at these files.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
@click.pass_context
def export_tiles(
    ctx: click.Context,
    home_here: Path | None,
    folder: Path,
    record_ids: tuple[str, ...],
    base_url: str,
    version: str,
    with_manifests: bool,
    as_json: bool,
) -> None:
    """Write the public pictures to DEST as IIIF level 0: info.json, every tile, a few small sizes of the whole.

    Any file server or CDN can give them out. RECORD is an id or an inventory number. Only what a visitor may see is
    written. The same run again writes what is new or was cut off; without RECORD it also takes away what is no longer
    public.
    """
    from museum.ingest import export_tiles as exporting

    wanted = exporting.Wanted(
        folder=folder,
        base_url=base_url,
        version=int(version),
        record_ids=record_ids,
        with_manifests=with_manifests,
    )
    with opened(ctx, home_here) as (settings, engine), Bars(hidden=as_json) as bars:
        done = exporting.export(settings, engine, wanted, on_progress=partial(bars.tell, "export"))
    if as_json:
        put_json(vars(done))
        return
    vi = "{} ảnh đã ghi ({} tệp), {} ảnh không đổi, {} ảnh đã gỡ, {} manifest"
    en = "{} images written ({} files), {} unchanged, {} taken away, {} manifests"
    words = vi if language() == "vi" else en
    click.echo(words.format(done.images, done.files, done.unchanged, done.removed, done.manifests))
