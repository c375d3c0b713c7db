"""Every public address in one place, and the identifiers they carry."""

import secrets
from urllib.parse import quote

ALPHABET = "0123456789bcdfghjkmnpqrstvwxz"  # betanumeric: no vowels, no l (NOID, as ARK uses it)
PLACEHOLDER = "{museum}"  # stands for the public address in stored manifests, filled in when served


def new_id() -> str:
    """An opaque identifier: eight random betanumeric characters and a check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The NOID check character: catches every single wrong character and every transposition of neighbours."""
    total = sum(place * ALPHABET.index(c) for place, c in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def is_id(text: str) -> bool:
    """True for nine betanumeric characters whose last one checks the others."""
    return len(text) == 9 and all(c in ALPHABET for c in text) and check_character(text[:8]) == text[8]


def page(path: str, *, language: str, first_language: str) -> str:
    """`path` in `language`: bare for the museum's first language, with ?lang= for the other."""
    if language == first_language:
        return path
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def object_page(record_id: str) -> str:
    """Page of a record of any kind."""
    return f"/o/{record_id}"


def conservation_page(record_id: str) -> str:
    """Restoration documentation of a record."""
    return f"/o/{record_id}/conservation"


def scene_page(record_id: str) -> str:
    """The scans of a record as its IIIF Presentation 4.0 manifest says."""
    return f"/o/{record_id}/scene"


def conservation_list() -> str:
    """Every object with restoration documentation."""
    return "/conservation"


def media_page(media_id: str) -> str:
    """Permanent address of one media item (redirects to its place on the object's page)."""
    return f"/m/{media_id}"


def scan_page(media_id: str) -> str:
    """Permanent address of one scan."""
    return f"/s/{media_id}"


def collection_page(slug: str) -> str:
    """Page of a collection (all records of a kind or an object type)."""
    return f"/c/{quote(slug)}"


def monuments_page() -> str:
    """Monuments and sites."""
    return "/monuments"


def inventory(number: str) -> str:
    """Redirects an inventory number to its record's permanent address."""
    return f"/n/{quote(number, safe='')}"


def derivative(media_id: str, name: str, digest: str) -> str:
    """A stored derivative; the digest's start makes the address immutable."""
    return f"/d/{media_id}/{digest[:12]}/{quote(name)}"


def tileset(media_id: str, digest: str) -> str:
    """The 3D Tiles of a scan, its contents beside it; `digest` is that of their archive, so it never changes."""
    return f"{scan_page(media_id)}/{digest[:12]}/tileset.json"


def versioned(media_id: str, digest: str) -> str:
    """The identifier of an image as it is now, for addresses that may be kept for ever: ``<id>~<start of digest>``.

    `digest` is that of the pyramid. No id holds a "~" (see ALPHABET), and no URI escapes it (RFC 3986 §2.3).
    """
    return f"{media_id}~{image_version(digest)}" if digest else media_id


def image_version(digest: str) -> str:
    """How an identifier names the version of an image."""
    return digest[:8]


def without_version(identifier: str) -> tuple[str, str | None]:
    """(media id, version) of what stands in an image address; None where it carries no version."""
    media_id, mark, version = identifier.partition("~")
    return media_id, version if mark else None


def image_service(media_id: str, version: int = 3) -> str:
    """IIIF Image API base URI (3 or 2), without a trailing slash."""
    return f"/iiif/image/{version}/{media_id}"


def image(media_id: str, *, region: str = "full", size: str = "max", suffix: str = "jpg") -> str:
    """An IIIF Image 3.0 request."""
    return f"{image_service(media_id)}/{region}/{size}/0/default.{suffix}"


def manifest(record_id: str, *, version: int = 3) -> str:
    """IIIF Presentation 3.0 manifest of a record; version 4 (draft) of one with scans."""
    return f"/iiif/presentation/{version}/{record_id}/manifest"


def iiif_collection(slug: str) -> str:
    """IIIF Presentation 3.0 collection."""
    return f"/iiif/collection/{quote(slug)}"


def record_json(record_id: str) -> str:
    """The record as our own JSON."""
    return f"/o/{record_id}.json"


def record_jsonld(record_id: str) -> str:
    """The record as schema.org JSON-LD."""
    return f"/o/{record_id}.jsonld"


def search_page() -> str:
    """Search, answers GET with q and facets."""
    return "/search"


def search_api(suffix: str = "") -> str:
    """A result for programs: JSON, or with `suffix` "csv", "jsonl", "xlsx" all of it as a file, "atom" as a feed."""
    return f"/api/search.{suffix}" if suffix else "/api/search"


def search_collection() -> str:
    """A result as IIIF Presentation 3.0 collection; takes the search page's own query."""
    return "/iiif/collection/search"


def content_search(record_id: str, part: str = "", *, version: int = 2, presentation: int = 3) -> str:
    """IIIF Content Search 2.0 (or 1.0) within one record, or with `part` "autocomplete" the completion of its words.

    What it finds stands in the containers of the record's manifest of that version of the Presentation API.
    """
    return f"/iiif/search/{version}/{record_id}/{'' if presentation == 3 else f'{presentation}/'}{part or 'search'}"


def saved_search(search_id: str) -> str:
    """The link of a saved search: leads to the search page."""
    return f"/q/{search_id}"


def similar_page(record_id: str) -> str:
    """Records that look like one, or share type, material, place or maker with it."""
    return f"/o/{record_id}/similar"


def similar_json(record_id: str) -> str:
    """The same as JSON."""
    return f"{similar_page(record_id)}.json"


def exhibitions() -> str:
    """The list of exhibitions and tours."""
    return "/exhibitions"


def story_page(slug: str, *, kind: str = "exhibition") -> str:
    """Page of a story: /e/… for an exhibition, /t/… for a tour."""
    return f"/{'t' if kind == 'tour' else 'e'}/{quote(slug)}"


def story_text(slug: str, *, kind: str = "exhibition") -> str:
    """The text version of a story."""
    return f"{story_page(slug, kind=kind)}/text"


def story_json(slug: str, *, kind: str = "exhibition") -> str:
    """A story as our own JSON."""
    return f"{story_page(slug, kind=kind)}.json"


def story_manifest(slug: str) -> str:
    """IIIF Presentation 3.0 manifest of a story."""
    return f"/iiif/presentation/3/story/{quote(slug)}/manifest"


def object_embed(record_id: str) -> str:
    """The small page of a record that other sites put into a frame."""
    return f"/embed/o/{record_id}"


def story_embed(slug: str, *, is_playing: bool = False) -> str:
    """The small page of a story that other sites put into a frame; with `is_playing` the story itself in that frame."""
    return f"/embed/e/{quote(slug)}{'?play=1' if is_playing else ''}"


def oembed(page_address: str, *, answer_format: str = "json") -> str:
    """oEmbed 1.0 of a page, whose absolute address is given; `answer_format` is "json" or "xml"."""
    return f"/oembed?url={quote(page_address, safe='')}&format={answer_format}"


def qr_code(page_path: str, *, suffix: str = "svg") -> str:
    """The QR code that leads to a page of ours; `suffix` is "svg" or "png"."""
    return f"{page_path}/qr.{suffix}"


def object_card(record_id: str, *, suffix: str = "") -> str:
    """The object card (phiếu hiện vật) to print, as a page or with `suffix` ".pdf" as PDF/A."""
    return f"/o/{record_id}/card{suffix}"


def object_label(record_id: str, *, suffix: str = "") -> str:
    """The display labels (nhãn trưng bày) to print, as a page or with `suffix` ".pdf" as PDF/A."""
    return f"/o/{record_id}/label{suffix}"


def workbench(part: str = "") -> str:
    """The pages of people who sign in: the overview, or one of its parts ("people", "records/…")."""
    return f"/work/{part}" if part else "/work"


def login(part: str = "") -> str:
    """Where people sign in, or a further step of it ("code")."""
    return f"/login/{part}" if part else "/login"


def logout() -> str:
    """Where people sign out; takes POST only."""
    return "/logout"


def account(part: str = "") -> str:
    """A person's own account, or one of its parts ("second-factor", "password", …)."""
    return f"/account/{part}" if part else "/account"


def invitation(token: str) -> str:
    """Where somebody who was invited chooses a name and a password."""
    return f"/invitation/{quote(token)}"


def reset(token: str = "") -> str:
    """Where a new password is asked for or, with the token of a link, chosen."""
    return f"/reset/{quote(token)}" if token else "/reset"


def master(media_id: str) -> str:
    """The original of a media item: opens only with a signed link's query."""
    return f"/master/{media_id}"


def image_access(part: str = "") -> str:
    """Where people let a viewer show restricted images, or a part of it ("token", "logout", "kiosk", "kiosk/token")."""
    return f"/iiif/auth/2/{part or 'access'}"


def image_probe(media_id: str) -> str:
    """Says whether whoever asks would get a restricted image (IIIF Authorization Flow 2.0 §5)."""
    return f"/iiif/auth/2/probe/{quote(media_id, safe='')}"


def image_substitute(media_id: str) -> str:
    """The small version of a restricted image that everybody may see, where the museum offers one."""
    return f"/iiif/auth/2/substitute/{quote(media_id, safe='')}.jpg"
