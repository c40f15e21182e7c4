"""Every component of the screen on one page, for whoever builds the next one.

Open in demo mode, and to administrators.
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.web.errors import NotAllowed
from app.web.pages import TEMPLATES, render
from app.web.toasts import toast

router = APIRouter()


@router.get("/design")
def design_page(request: Request, viewer: Annotated[Viewer, Depends(require(Permission.ACCOUNT))]) -> Response:
    if not (viewer.demo or viewer.may(Permission.SETTINGS_MANAGE)):
        raise NotAllowed
    icons = re.findall(r'id="icon-([a-z-]+)"', (TEMPLATES / "icons.html").read_text())
    toast(request, "Parked until Dec 3.", undo="/design")
    return render(request, "design.html", icons=icons)
