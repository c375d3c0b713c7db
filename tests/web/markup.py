"""A strict reader of HTML: elements close in order, ids are unique, references lead somewhere, nothing is inline."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br", "hr", "source", "track"}
# Elements whose children may hold anything; all others close themselves by their own end tag only.
_FORBIDDEN = ("style", "onclick", "onload", "onerror", "onchange", "onsubmit")


@dataclass
class Markup(HTMLParser):
    """What a page is made of; `problems` is empty for a page in order."""

    problems: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._ids: list[str] = []
        self._named: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self._languages: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(given) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        self.problems += [f"<{tag} {name}>" for name in _FORBIDDEN if name in given]
        if tag == "script" and not given.get("src") and "json" not in (given.get("type") or ""):
            self.problems.append("inline script")
        if tag == "img" and "alt" not in given:
            self.problems.append(f"<img> without alt: {given}")
        if tag in ("img", "video") and tag == "img" and not (given.get("width") and given.get("height")):
            self.problems.append(f"<img> without size: {given}")
        if given.get("id"):
            self._ids.append(given["id"] or "")
        for name in ("aria-labelledby", "for", "list", "form"):
            if given.get(name):
                self._named.append(given[name] or "")
        if tag in ("a", "link") and given.get("href"):
            self.links.append(given["href"] or "")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)
            self._languages.append(given.get("lang") or (self._languages[-1] if self._languages else ""))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:]}")
        else:
            self._open.pop()
            self._languages.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open and self._open[-1] not in ("script", "style"):
            self.texts.append((self._languages[-1], data.strip()))

    def finish(self) -> "Markup":
        """Judge what can only be judged at the end."""
        self.close()
        self.problems += [f"<{tag}> stays open" for tag in self._open]
        self.problems += [f"id {i} twice" for i in set(self._ids) if self._ids.count(i) > 1]
        self.problems += [f"no element {n}" for n in self._named if n not in self._ids]
        if self.headings.count(1) != 1:
            self.problems.append(f"{self.headings.count(1)} h1")
        jumps = [(a, b) for a, b in zip(self.headings, self.headings[1:], strict=False) if b > a + 1]
        self.problems += [f"heading jumps from {a} to {b}" for a, b in jumps]
        return self


def read(html: str) -> Markup:
    """The page, read."""
    markup = Markup()
    markup.feed(html)
    return markup.finish()
