"""axe-core inside a page: the judge of WCAG 2.2 AA that reads the finished page as assistive technology would."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")

_RUN = """async ({ tags, rules }) => {
  const answer = await axe.run(document, {
    runOnly: rules ? { type: "rule", values: rules } : { type: "tag", values: tags },
    rules: tags.includes("wcag22aa") ? { "target-size": { enabled: true } } : {},
    resultTypes: ["violations"],
    preload: false,
  });
  const faults = answer.violations.flatMap((v) =>
    v.nodes.map((n) => ({ rule: v.id, where: n.target.join(" "), why: n.failureSummary })));
  return { passed: answer.passes.length, faults };
}"""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What axe says of a page as it stands: how many rules held, and each fault as "rule: where: why"."""

    rules_held: int
    faults: tuple[str, ...]


def judge(page: Page) -> Verdict:
    """Judge the page by all rules of WCAG 2.0 to 2.2, A and AA. The protocol's evaluate is not bound by the policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    found: dict[str, Any] = page.evaluate(_RUN, {"tags": TAGS, "rules": None})
    faults = tuple(f"{f['rule']}: {f['where']}: {f['why']}" for f in found["faults"])
    return Verdict(rules_held=found["passed"], faults=faults)


@lru_cache(maxsize=1)
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8") + "\n;0"
