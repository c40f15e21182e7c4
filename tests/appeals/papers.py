"""Documents as billers upload them: printed, scanned, filled in, turned, locked."""

from __future__ import annotations

import io

from PIL import Image
from pypdf import PdfWriter

from app.appeals.pdf import make_pdf

BREAK = '<p style="break-after: page">'


def picture(width: int = 300, height: int = 200, kind: str = "PNG", mode: str = "RGB") -> bytes:
    made = io.BytesIO()
    Image.new(mode, (width, height), "white").save(made, kind)
    return made.getvalue()


def paper_pdf(*pages: str, size: str = "letter") -> bytes:
    """A printed document with these words on its pages."""
    body = "".join(f"{BREAK}{words}</p>" for words in pages[:-1]) + f"<p>{pages[-1]}</p>"
    return make_pdf(body, f"@page {{ size: {size}; margin: 1in }} html {{ font: 16pt serif }}", {}).content


def blank_pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
