"""Licences and rights statements: from what a table says to the one URI that machines know, and back to a name."""

import re

_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+|zero|mark)/(\d\.\d)"
    r"(?:/([a-z]{2,3}(?:-[a-z]+)?))?(?:/(?:deed|legalcode)[^/]*)?/?",
    re.IGNORECASE,
)
_RIGHTS_STATEMENT = re.compile(r"https?://rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/1\.0/?")
_SHORT_NAME = re.compile(r"CC[ -](BY(?:-(?:NC|SA|ND))*)[ -](\d\.\d)(?: ([A-Z]{2}))?", re.IGNORECASE)
_ZERO = re.compile(r"CC[ -]?0(?:[ -]1\.0)?(?: universal)?", re.IGNORECASE)
_MARK = re.compile(r"(?:public domain mark|PDM)(?: 1\.0)?", re.IGNORECASE)
_LICENCES = frozenset({"by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"})
_STATEMENTS = {
    "InC": "In Copyright",
    "InC-OW-EU": "In Copyright – EU Orphan Work",
    "InC-EDU": "In Copyright – Educational Use Permitted",
    "InC-NC": "In Copyright – Non-Commercial Use Permitted",
    "InC-RUU": "In Copyright – Rights-holder(s) Unlocatable or Unidentifiable",
    "NoC-CR": "No Copyright – Contractual Restrictions",
    "NoC-NC": "No Copyright – Non-Commercial Use Only",
    "NoC-OKLR": "No Copyright – Other Known Legal Restrictions",
    "NoC-US": "No Copyright – United States",
    "CNE": "Copyright Not Evaluated",
    "UND": "Copyright Undetermined",
    "NKC": "No Known Copyright",
}


def licence_uri(*statements: str) -> str:
    """The http:// URI of the first statement that names a known licence ("CC BY 4.0" or its address), or "".

    The URIs of Creative Commons and RightsStatements.org begin with ``http://`` (IIIF Presentation 3.0 §3.2, rights);
    words that only resemble a licence give "" and stay words.
    """
    for statement in statements:
        found = _from_address(statement.strip()) or _from_name(statement.strip())
        if found:
            return found
    return ""


def licence_name(uri: str) -> str:
    """The short name of a URI that `licence_uri` gave: "CC BY-SA 3.0", "CC0 1.0"; "" for any other."""
    match = _CREATIVE_COMMONS.fullmatch(uri)
    if match:
        folder, code, version, port = match.groups()
        if folder == "publicdomain":
            return f"CC0 {version}" if code == "zero" else f"Public Domain Mark {version}"
        return f"CC {code.upper()} {version}" + (f" {port.upper()}" if port else "")
    match = _RIGHTS_STATEMENT.fullmatch(uri)
    return _STATEMENTS.get(match[1], "") if match else ""


def licence_page(uri: str) -> str:
    """The page for people behind a licence URI: the same address by https."""
    return "https://" + uri.removeprefix("http://") if uri else ""


def _from_address(text: str) -> str:
    match = _CREATIVE_COMMONS.fullmatch(text)
    if match:
        folder, code, version, port = (part.lower() if part else "" for part in match.groups())
        known = _LICENCES if folder == "licenses" else {"zero", "mark"}
        if code in known:
            return f"http://creativecommons.org/{folder}/{code}/{version}/" + (f"{port}/" if port else "")
    match = _RIGHTS_STATEMENT.fullmatch(text)
    if match and match[1] in _STATEMENTS:
        return f"http://rightsstatements.org/vocab/{match[1]}/1.0/"
    return ""


def _from_name(text: str) -> str:
    match = _SHORT_NAME.fullmatch(text)
    if match and match[1].lower() in _LICENCES:
        port = f"{match[3].lower()}/" if match[3] else ""
        return f"http://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/{port}"
    if _ZERO.fullmatch(text):
        return "http://creativecommons.org/publicdomain/zero/1.0/"
    return "http://creativecommons.org/publicdomain/mark/1.0/" if _MARK.fullmatch(text) else ""
