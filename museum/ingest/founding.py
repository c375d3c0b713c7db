"""What a new museum needs before its first record: settings file, folders, OCFL root, institution, vocabularies."""

from pathlib import Path

from sqlalchemy import Engine

from museum import config, db
from museum.accounts import signing_keys
from museum.catalog import institutions, vocabulary
from museum.catalog.institutions import Institution
from museum.config import Settings
from museum.errors import BackendError
from museum.storage.ocfl import Masters

_TEMPLATE = """\
# Cài đặt của bảo tàng. Settings of this museum. Every key may also come from the environment: MUSEUM_<KEY>.
name_vi = {name_vi}
name_en = {name_en}

# Mã cơ quan sở hữu hồ sơ. Code of the institution that owns the records.
institution_code = "museum"

# Ngôn ngữ ở địa chỉ gốc: "vi" hoặc "en". Language of the bare address; the other is at ?lang=
language = {language}

# Địa chỉ công khai, ví dụ "https://baotang.example"; để trống thì lấy theo địa chỉ đang truy cập.
# The public address; empty: taken from each request.
public_url = ""

# Trống: SQLite trong thư mục này. Empty: SQLite in this folder. Or "postgresql+psycopg://user@host/database".
database_url = ""

contact_email = ""
"""


def write_settings(home: Path, *, name_vi: str, name_en: str, language: str) -> Settings:
    """The museum's settings, written first where there are none; an existing file is left as it is."""
    path = home / config.FILE_NAME
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            values = {
                "name_vi": name_vi,
                "name_en": name_en,
                "language": language,
            }
            path.write_text(_TEMPLATE.format(**{k: _quoted(v) for k, v in values.items()}), encoding="utf-8")
            path.chmod(0o640)
    except OSError as error:
        raise BackendError("ingest.cannot_write", path=home, reason=error.strerror or error) from error
    return config.load(home)


def furnish(settings: Settings, engine: Engine) -> None:
    """Signing key, folders, OCFL root, institution and vocabularies; run again it changes nothing that is there."""
    signing_keys.ensure(settings)
    try:
        make_private(settings.media)
        for folder in (
            settings.staging,
            settings.derived,
            settings.index,
            settings.quarantine,
            settings.media / "inbox",
        ):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackendError("ingest.cannot_write", path=settings.media, reason=error.strerror or error) from error
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).chmod(0o640)  # it holds what is not public; its log takes the same mode
    Masters(settings.masters_root, settings.staging, quarantine=settings.quarantine).initialize()
    with db.writing(engine) as session:
        institution = Institution(
            code=settings.institution_code,
            name=settings.name,
            homepage=settings.public_url,
            email=settings.contact_email,
        )
        institutions.put(session, institution)
        vocabulary.seed(session, vocabulary.shipped().concepts)


def make_private(media: Path) -> None:
    """Make the media folder, for nobody else on this machine to look into: masters hold valuations and vaults too.

    One that is there already keeps its mode. Raises OSError.
    """
    if not media.exists():
        media.mkdir(parents=True)
        media.chmod(0o750)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
