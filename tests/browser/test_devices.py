"""The names of devices, by their User-Agent headers."""

from __future__ import annotations

import json

from tests.project.typescript import run_node
from tests.template import REPOSITORY

DEVICES = REPOSITORY / "template/shared/better-auth-pages/devices.js"

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
NAMES = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Edg/142.0.0.0": "Edge on Windows",
    f"{MAC} {WEBKIT} OPR/125.0.0.0": "Opera on macOS",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox on Linux",
    f"Mozilla/5.0 (Linux; Android 16; Pixel 10) {WEBKIT}": "Chrome on Android",
    f"{IPHONE} CriOS/142.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
    f"{IPHONE} FxiOS/145.0 Mobile/15E148 Safari/605.1.15": "Firefox on iPhone",
    f"{IPHONE} Version/26.1 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    f"{MAC} AppleWebKit/605.1.15 Version/26.1 Safari/605.1.15": "Safari on macOS",
    "curl/8.14.1": "An unknown device",
    "": "An unknown device",
}


def test_devices_have_names_that_people_know() -> None:
    script = f"const {{ deviceOf }} = await import({json.dumps(DEVICES.as_uri())});\n"
    script += f"console.log(JSON.stringify({json.dumps([*NAMES])}.map(deviceOf)))"
    named = json.loads(run_node(REPOSITORY, "--input-type=module", "--eval", script))
    assert dict(zip(NAMES, named, strict=True)) == NAMES
