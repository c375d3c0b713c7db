"""What a page offers to whoever shows or prints it elsewhere: address, frame, QR code, oEmbed, card and labels."""

from collections.abc import Callable
from dataclasses import dataclass

from museum import addresses
from museum.viewer.embed import Frame, frame_for, iframe
from museum.web.language import address
from museum.web.public import base_url


@dataclass(frozen=True, kw_only=True)
class Print:
    """Something to print: its page, and the same as PDF/A."""

    page: str
    pdf: str


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """What the panel "embed in your page" offers; `page` and what stands in `iframe` are absolute."""

    page: str
    iframe: str
    qr_svg: str
    qr_png: str
    oembed_json: str
    oembed_xml: str
    card: Print | None = None
    label: Print | None = None


def share_record(record_id: str, *, title: str, kind: str) -> Sharing:
    """For a record's page; `title` names the frame. Only what a museum keeps or cares for has a card, only what it
    shows a label: neither a person nor a place."""
    page = addresses.object_page(record_id)
    return _sharing(
        page,
        addresses.object_embed(record_id),
        title,
        card=_print(addresses.object_card, record_id) if kind not in ("person", "place") else None,
        label=_print(addresses.object_label, record_id) if kind in ("object", "document") else None,
    )


def _print(address_of: Callable[..., str], record_id: str) -> Print:
    return Print(page=address(address_of(record_id)), pdf=address(address_of(record_id, suffix=".pdf")))


def share_story(slug: str, *, title: str, kind: str = "exhibition") -> Sharing:
    """For an exhibition's or a tour's page."""
    return _sharing(addresses.story_page(slug, kind=kind), addresses.story_embed(slug), title)


def _sharing(page: str, embed: str, title: str, *, card: Print | None = None, label: Print | None = None) -> Sharing:
    here = base_url() + address(page)
    frame = frame_for()
    assert isinstance(frame, Frame)  # nothing bounds it
    return Sharing(
        page=here,
        iframe=iframe(base_url() + address(embed), title=title, frame=frame),
        qr_svg=addresses.qr_code(page, suffix="svg"),
        qr_png=addresses.qr_code(page, suffix="png"),
        oembed_json=base_url() + addresses.oembed(here),
        oembed_xml=base_url() + addresses.oembed(here, answer_format="xml"),
        card=card,
        label=label,
    )
