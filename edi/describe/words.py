"""How amounts, dates, codes and lists of facts are written in a description."""

from __future__ import annotations

from collections.abc import Iterable

from edi import codes, scalars
from edi.codes.explain import explain_remark
from edi.wire import WireSegment

__all__ = ["coded", "count", "day", "facts", "money", "procedure", "remark"]


def money(text: str) -> str:
    """`"1234.5"` → `$1,234.50`; what is not an amount is shown as it stands, in quotes."""
    if not text:
        return ""
    try:
        value = scalars.cents(text)
    except ValueError:
        return f"{text!r} (not an amount)"
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 100)
    return f"{sign}${whole:,}.{rest:02d}"


def day(text: str) -> str:
    """CCYYMMDD, YYMMDD or a range of them → ISO; anything else as it stands."""
    first, dash, last = text.partition("-")
    if dash and first and last:
        return f"{day(first)} to {day(last)}"
    try:
        return scalars.date_of(text[:8] if len(text) == 12 else text).isoformat()
    except ValueError:
        return text


def coded(table: str, code: str) -> str:
    """The label of a code of one of the short lists; an unknown one is shown as it stands."""
    if not code:
        return ""
    return codes.label(table, code) or f"{code} (not in our list)"


def remark(code: str) -> str:
    return f"{code}, {explain_remark(code)}"


def procedure(segment: WireSegment, index: int) -> str:
    """A procedure composite: code, then its modifiers."""
    parts = segment.components(index)
    if len(parts) < 2:
        return segment.get(index)
    modifiers = [part for part in parts[2:6] if part]
    shown = "-".join([parts[1], *modifiers])
    return f"revenue code {shown}" if parts[0] == "NU" else shown


def count(text: str, one: str, many: str) -> str:
    return f"{text} {one if text == '1' else many}"


def facts(*parts: str | Iterable[str]) -> str:
    """Join what there is to say; empty parts drop out."""
    said: list[str] = []
    for part in parts:
        if isinstance(part, str):
            said.append(part)
        else:
            said.extend(part)
    return "; ".join(part for part in said if part)


def labelled(label: str, text: str) -> str:
    return f"{label} {text}" if text else ""
