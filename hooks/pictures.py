"""Takes the pictures of the README: pages of a real project in Chromium, and a recorded terminal.

Usage: python -m hooks.pictures

It writes ``docs/pictures``. Each picture is of a real project.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from hooks import chromium, demo
from hooks.node import NODE, REPOSITORY, environment

PICTURES = REPOSITORY / "docs" / "pictures"
#: The largest size of a picture, in bytes.
LIMIT = 60_000

#: The answers for the project, whose plugins fill the pages.
ANSWERS = (
    "plugins=[two-factor,organization,passkey,magic-link,api-key] social_providers=[github,google]"
)
KEYS = {
    f"{provider}_CLIENT_{part}": "dummy"
    for provider in ("GITHUB", "GOOGLE")
    for part in ("ID", "SECRET")
}

ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "password": "analytical engine"}

#: Of GitHub's dark code blocks; the picture stands on light and dark pages.
THEME = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        *((72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34)),
        *((88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)),
    ],
)


def record(folder: Path) -> None:
    """Renders a project, sets it up in a terminal, and draws the terminal.

    Raises:
        RuntimeError: a command failed, or printed a path of this machine; contains its output.
    """
    demo.render("python", "hono", folder, ANSWERS)
    output = run([sys.executable, "scripts/setup.py"], folder)
    for place in (str(folder), str(REPOSITORY), str(Path.home())):
        if place in output:
            raise RuntimeError(f"The terminal shows a path of this machine: {place}")
    console = Console(file=io.StringIO(), record=True, width=100, force_terminal=True)
    options = (f"--data '{answer}'" for answer in ANSWERS.split())
    prompt(console, " \\\n    ".join(["uvx copier copy … my-app", *options]))
    prompt(console, "cd my-app && python3 scripts/setup.py")
    for line in output.rstrip().splitlines():
        text = Text.from_ansi(line)
        text.highlight_regex(r"^✓ \w+", "green")
        text.highlight_regex(r"\d+\.\d s", "cyan")
        text.highlight_regex(r"http://\S+", "blue underline")
        console.print(text, highlight=False)
    svg = console.export_svg(title="my-app", theme=THEME)
    # Pictures load nothing from elsewhere: the reader's own fonts will do.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (PICTURES / "setup.svg").write_text(svg, encoding="utf-8")


def prompt(console: Console, command: str) -> None:
    console.print(Text.assemble(("$ ", "green"), command), highlight=False)


def run(command: list[str], folder: Path) -> str:
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(PATH=f"{NODE / 'bin'}{os.pathsep}{tools}"),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{shlex.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def photograph(address: str) -> None:
    """Signs Ada up in a browser and takes pictures of what she sees."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with chromium.launched() as browser:
        with window(browser, 1120, 720) as context:
            page = context.new_page()
            show(page, f"{address}/auth/sign-in")
            save(page, "sign-in")
            fill_account(page, address)
            cookies = context.cookies()
        with window(browser, 1120, 900, dark=True) as context:
            context.add_cookies(cookies)  # type: ignore[arg-type]
            page = context.new_page()
            show(page, f"{address}/auth/account")
            save(page, "account-dark")
        with window(browser, 390, 780, scale=2) as context:
            context.add_cookies(cookies)  # type: ignore[arg-type]
            page = context.new_page()
            show(page, f"{address}/auth/account")
            save(page, "account-phone")


def window(
    browser: Browser, width: int, height: int, *, dark: bool = False, scale: float = 1
) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme="dark" if dark else "light",
        locale="en-GB",
    )


def show(page: Page, url: str) -> None:
    page.goto(url, wait_until="networkidle")
    page.wait_for_selector("html[data-ready]")


def fill_account(page: Page, address: str) -> None:
    """Signs up by the page, and verifies the address by the mail."""
    show(page, f"{address}/auth/sign-up")
    for name, text in ADA.items():
        page.locator(f"input[name={name}]").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/auth/account")
    page.goto(f"{address}/dev/mail")
    page.get_by_role("link", name=re.compile("verify-email")).click()
    page.wait_for_url("**/auth/account")
    panel = page.locator("section", has=page.get_by_role("heading", name="Organizations"))
    panel.locator("input[name=name]").fill("Analytical Engines")
    panel.locator("input[name=slug]").fill("engines")
    page.keyboard.press("Enter")
    panel.get_by_role("heading", name="Analytical Engines").wait_for()


def save(page: Page, name: str) -> None:
    """Saves a picture of the window as a PNG.

    Raises:
        RuntimeError: the file is larger than `LIMIT`.
    """
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    file = PICTURES / f"{name}.png"
    picture.quantize(colors=128, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    if size > LIMIT:
        raise RuntimeError(f"{file.name} has {size} bytes, more than {LIMIT}.")
    print(f"{file.relative_to(REPOSITORY)}  {size} bytes")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    os.environ.update(KEYS)
    stack = demo.stack_of("python", "hono")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve() / "my-app"
        record(folder)
        try:
            with demo.serving(stack, folder) as address:
                photograph(address)
        finally:
            demo.run(stack.stop, folder)


if __name__ == "__main__":
    main()
