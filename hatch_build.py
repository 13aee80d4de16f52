"""Copies htmx out of a pinned wheel at build time, so that it is neither committed nor fetched from elsewhere."""

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HTMX_SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"


class CopyHtmx(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's generic parameter is private
    """Puts web/static/vendor/htmx.min.js in place, after checking that it is the file we know."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        found = importlib.util.find_spec("django_htmx")
        if found is None or found.origin is None:
            raise RuntimeError("django-htmx is missing from the build requirements")
        wheel = Path(found.origin).parent
        content = next(wheel.rglob("htmx-2.min.js"), wheel).read_bytes()
        if hashlib.sha256(content).hexdigest() != HTMX_SHA256:
            raise RuntimeError("htmx-2.min.js is not the file this project was checked with")
        target = Path(self.root) / "web" / "static" / "vendor" / "htmx.min.js"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
