"""A request has a size. Larger files go through the inbox folder, which reads them as a stream."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Refuse a body that says it is too large, and stop reading one that turns out to be."""

    def __init__(self, app: ASGIApp, *, largest_bytes: int) -> None:
        self.app = app
        self.largest_bytes = largest_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        scope["state"]["too_large"] = not length.isdigit() or int(length) > self.largest_bytes
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if scope["state"]["too_large"]:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.largest_bytes:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)
