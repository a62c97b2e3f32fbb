"""The development page with the messages of the outbox."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from html import escape

from starlette.responses import HTMLResponse

from better_auth_sidecar.outbox.messages import Mail, Row

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
article { border: 1px solid #8886; border-radius: 8px; padding: 0 1rem; margin: 1rem 0; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin-bottom: 0; }
small { opacity: 0.75; }
pre { font: inherit; white-space: pre-wrap; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def render_page(rows: Sequence[Row], mail_of: Callable[[Row], Mail]) -> HTMLResponse:
    """Renders the messages with their state, and with their links until those expire."""
    articles = "\n".join(_article(row, mail_of) for row in rows)
    nothing = "<p>No mail has been written. Sign up, and look again.</p>"
    return HTMLResponse(
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Mails</title>\n<style>{_STYLE}</style>\n<h1>Mails</h1>\n"
        f"{articles or nothing}\n</html>\n",
        headers=_HEADERS,
    )


def _article(row: Row, mail_of: Callable[[Row], Mail]) -> str:
    subject, text = row.kind, "Its link or code is wiped."
    if row.data is not None:
        try:
            subject, text, _ = mail_of(row)
        except Exception as error:  # raised by the project's own function
            text = f"mail.py cannot write it: {error!r}"
    shown = escape(text)
    for secret in row.secrets():
        if secret.startswith(("http://", "https://")):
            link = escape(secret)
            shown = shown.replace(link, f'<a href="{link}">{link}</a>')
    return (
        f"<article>\n<h2>{escape(subject)}</h2>\n"
        f"<small>To {escape(row.recipient)} · {row.created_at:%Y-%m-%d %H:%M:%S} UTC · "
        f"{escape(_state(row))}</small>\n<pre>{shown}</pre>\n</article>"
    )


def _state(row: Row) -> str:
    if row.sent_at is not None:
        return "sent" if row.data is None else "shown here, and in the log"
    if row.data is None:
        return f"not sent: {row.error}"
    return f"waits: {row.error}" if row.error else "waits"
