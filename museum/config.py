"""Settings of one museum: read once at start from museum.toml and MUSEUM_* variables, then passed on."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_origin

from museum.errors import Invalid, NotFound
from museum.text import Text

FILE_NAME = "museum.toml"
_ADDRESS = re.compile(r"https?://[!-~]+")  # headers take no other letters: xn--… for a name with marks
_ONE_OF = {"language": ("vi", "en"), "search_engine": ("tantivy", "whoosh", "postgresql")}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a museum may set. `home` holds museum.toml; `media` is ``home/media`` unless set."""

    home: Path
    media: Path = field(default=Path("media"))
    name_vi: str = "Bảo tàng số"
    name_en: str = "Digital Museum"
    institution_code: str = "museum"
    language: str = "vi"  # the bare address' language: "vi" or "en"
    public_url: str = ""  # "https://baotang.example"; empty: taken from the request
    database_url: str = ""  # empty: SQLite at home/museum.db
    search_engine: str = "tantivy"  # "whoosh" to 20,000 records, "postgresql" where several hosts search
    contact_email: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    max_pixels: int = 1_000_000_000  # an image that declares more is refused before a pixel is read
    max_triangles: int = 60_000_000
    max_upload_bytes: int = 8 * 2**30
    parse_seconds: int = 600  # a child that parses somebody's file is ended after this
    parse_memory_mib: int = 6144
    image_max_width_px: int = 8192  # largest side a computed image may have
    image_max_area_px: int = 40_000_000
    image_cache_mib: int = 512  # computed images kept below media/cache; 0: none
    image_burst: int = 200  # computed images one address may ask for at once, …
    image_per_minute: int = 300  # … and then a minute; each web process counts for itself; 0: no limit
    image_seconds: int = 20  # a computed image that takes longer is given up
    webp_tiles: bool = True  # the worker makes lighter tiles in WebP as well, when it has nothing else to do
    scan_rungs: bool = True  # likewise a scan's further models, turntable frames and measured facts
    scan_tiles_from: int = 1_000_000  # scans of so many triangles or points are cut into tiles, too; 0: none
    images_on_request: bool = False  # True tells everybody that internal images of published records exist
    image_substitute_px: int = 0  # long side of the small version that everybody gets of those; 0: none
    kiosk_networks: str = ""  # machines inside the museum that see those ("10.30.0.0/24"), separated by spaces
    derived_url: str = ""  # "s3://bucket/prefix": derivatives lie in an S3 service; empty: in media/derived
    s3_endpoint: str = ""  # "http://storage.example:7480"; empty: Amazon's own
    s3_region: str = ""
    s3_access_key: str = ""  # empty: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what else AWS's own programs read
    s3_secret_key: str = ""  # better in MUSEUM_S3_SECRET_KEY than in the file
    keep_free_mib: int = 200  # ingest refuses to start when the disk would be left with less
    workers: int = 2  # web processes
    verify_masters: bool = True  # read masters back and compare digests after writing
    lease_seconds: int = 60
    fixity_days: int = 90  # every master is read again at least so often; 0: only when somebody asks
    fixity_mb_per_s: int = 20  # how quickly masters are read again beside the museum's other work; 0: no limit
    count_searches: bool = True  # what visitors search for is counted by day and words; of no one is anything kept
    show_samples: bool = True  # False hides the demonstration collection everywhere
    second_factor_roles: str = "administrator"  # who does nothing before they have a second factor; "" for nobody
    oidc_issuer: str = ""  # "https://login.example": people may also sign in there; empty: only with a password here
    oidc_client_id: str = ""
    oidc_client_secret: str = ""  # better in MUSEUM_OIDC_CLIENT_SECRET than in the file
    secret_key: str = ""  # signs cookies and links; empty: the keys in home/secret.key
    proxies: int = 0  # how many proxies stand in front; 0: none of their headers is believed
    # Which headers they write, all others come from whoever asks; or "forwarded" alone (RFC 7239).
    proxy_headers: str = "x-forwarded-for, x-forwarded-proto, x-forwarded-host, x-forwarded-port, x-forwarded-prefix"
    embed_ancestors: str = "*"  # sites that may put /embed/ pages into a frame: "*", or origins separated by spaces
    fetch_peers: str = ""  # private networks that may be asked all the same ("10.20.0.0/16"), separated by spaces
    fetch_ports: str = ""  # ports that may be asked of other servers; empty: 80 and 443
    fetch_seconds: int = 600  # in which one file of another server must have come; what came is kept and gone on with
    smtp_host: str = ""  # empty: no mail is sent, links are shown to copy
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""  # the sender; empty: contact_email
    metrics_token: str = ""  # whoever shows it may read /metrics; empty: this machine alone, where no proxy stands
    smtp_security: str = "starttls"  # "starttls", "tls" (port 465) or "none"

    @property
    def name(self) -> Text:
        """The museum's name in its languages."""
        return Text.of(vi=self.name_vi, en=self.name_en)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the catalogue."""
        return self.database_url or f"sqlite:///{self.home / 'museum.db'}"

    @property
    def masters_root(self) -> Path:
        """The OCFL storage root."""
        return self.media / "masters"

    @property
    def staging(self) -> Path:
        """Where new objects are made: beside the OCFL root, on the same file system."""
        return self.media / "staging"

    @property
    def derived(self) -> Path:
        """Rebuildable derivatives, by digest."""
        return self.media / "derived"

    @property
    def record_types(self) -> Path:
        """Where the museum's own record types lie, if it has any; the shipped ones serve for the rest."""
        return self.home / "record_types"

    @property
    def quarantine(self) -> Path:
        """Things found that fit nowhere: kept, never deleted by us."""
        return self.media / "quarantine"

    @property
    def index(self) -> Path:
        """The search index, rebuildable."""
        return self.media / "index"


def load(home: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of the museum at `home`.

    Raises NotFound where no museum.toml lies, Invalid for an unknown key or a wrong value
    (names the key, the value and what was expected).
    """
    environment = os.environ if environment is None else environment
    home = home.expanduser().resolve()
    path = home / FILE_NAME
    if not path.is_file():
        raise NotFound("config.no_museum", home=home)
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("config.unreadable", path=path, reason=error) from error
    for table in [name for name, value in given.items() if isinstance(value, dict)]:  # [oidc] issuer → oidc_issuer
        given.update({f"{table}_{name}": value for name, value in given.pop(table).items()})
    known = {f.name: f.type for f in fields(Settings) if f.name != "home"}
    for name in known:
        variable = f"MUSEUM_{name.upper()}"
        if variable in environment:
            given[name] = _from_variable(name, known[name], environment[variable])
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise Invalid("config.unknown_key", key=name, path=path, known=", ".join(sorted(known)))
        values[name] = _checked(name, known[name], value)
    media = values.get("media", Path("media"))
    values["media"] = media if media.is_absolute() else home / media
    settings = Settings(home=home, **values)
    for key, words in _ONE_OF.items():
        if getattr(settings, key) not in words:
            raise Invalid("config.wrong_value", key=key, value=getattr(settings, key), expected=", ".join(words))
    if settings.public_url and not _ADDRESS.fullmatch(settings.public_url):
        expected = "https://baotang.example"
        raise Invalid("config.wrong_value", key="public_url", value=settings.public_url, expected=expected)
    return settings


def _from_variable(name: str, kind: Any, raw: str) -> Any:
    if kind is bool:
        if raw.lower() in ("1", "true", "yes", "0", "false", "no"):
            return raw.lower() in ("1", "true", "yes")
        raise Invalid("config.wrong_value", key=f"MUSEUM_{name.upper()}", value=raw, expected="true, false")
    if kind is int:
        try:
            return int(raw)
        except ValueError as error:
            raise Invalid("config.wrong_value", key=f"MUSEUM_{name.upper()}", value=raw, expected="123") from error
    return raw


def _checked(name: str, kind: Any, value: Any) -> Any:
    if kind is Path:
        if isinstance(value, str | Path) and str(value):
            return Path(value).expanduser()
        raise Invalid("config.wrong_value", key=name, value=value, expected="a folder")
    wanted = get_args(kind) if get_origin(kind) else (kind,)
    if isinstance(value, bool) is not (bool in wanted) or not isinstance(value, wanted):
        raise Invalid("config.wrong_value", key=name, value=value, expected=getattr(kind, "__name__", kind))
    if kind is int and value < 0:
        raise Invalid("config.wrong_value", key=name, value=value, expected="0, 1, 2, …")
    return value
