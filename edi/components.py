"""Some senders declare one component separator in ISA16 and use another in the body. The first composite of a set
(a procedure, a status, a diagnosis) shows which one is meant.
"""

from __future__ import annotations

import re

from edi.context import Elements, element_of

# Where each segment holds a composite that begins with a short qualifier.
COMPOSITES = {"SVC": 1, "SV1": 1, "SV2": 2, "SVD": 3, "SV3": 1, "HI": 1, "STC": 1}
USUAL_SEPARATORS = ":><|^\\;+!&/"
QUALIFIED = re.compile(rf"[A-Z][A-Z0-9]{{0,2}}([{re.escape(USUAL_SEPARATORS)}\x00-\x1f])[A-Z0-9]")


def component_in_use(elements: Elements, declared: str) -> str:
    """The component separator that this segment's composite shows; "" when it shows none."""
    composite = element_of(elements, COMPOSITES[elements[0]])
    if declared in composite:
        return declared
    match = QUALIFIED.match(composite)
    return match.group(1) if match else ""
