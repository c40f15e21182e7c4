"""The claim as it was last sent, read back whole from the stored file: what every refile begins with."""

from __future__ import annotations

import io
import mmap
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session, col, select

import edi
from app.claims.tables import Claim
from app.claims.tables import Submission as Sending
from app.core.config import Settings
from app.intake.store import path_of
from app.intake.tables import LoadedSet, StoredFile
from edi.errors import NotX12Error
from edi.values import Interchange, SetStart
from edi.x837.cut import Marks, cut_claim
from edi.x837.model import Submission, SubmittedClaim


class Original(NamedTuple):
    """One sending: its row, the batch it went in, and the claim."""

    sending: Sending
    header: Submission
    claim: SubmittedClaim
    interchange: Interchange | None


class NotReadable(Exception):
    """The file that the claim was sent in is gone or does not hold it. The message says which."""


def newest_sending(session: Session, claim: Claim) -> Sending | None:
    """The last time that the claim was sent to the payer that it is with; None when no 837 was seen for it.

    A claim to the next payer is another claim than the one to the payer before: each is refiled from its own.
    """
    statement = select(Sending).where(Sending.claim_id == claim.id)
    newest = statement.order_by(col(Sending.sent_on).desc(), col(Sending.id).desc()).limit(1)
    return session.exec(newest.where(Sending.payer_rank == claim.payer_rank)).first() or session.exec(newest).first()


def read_original(session: Session, settings: Settings, sending: Sending) -> Original:
    """The claim of a sending with everything above it. Raises NotReadable."""
    file = session.get(StoredFile, sending.file_id)
    loaded = session.get(LoadedSet, sending.loaded_set_id)
    if file is None or loaded is None:
        raise NotReadable("The file that this claim was sent in is not in the store.")
    path = path_of(settings, file.sha256)
    try:
        found = _read_part(path, file.name, loaded, sending) or _read_whole(path, file.name, loaded, sending)
    except (OSError, NotX12Error) as error:
        raise NotReadable(
            f"{file.name} cannot be read from the store ({error}). Restore the files folder."
        ) from error
    if found is None:
        raise NotReadable(f"{file.name} does not hold this claim any more. Load the file again.")
    return found


def _read_part(path: Path, name: str, loaded: LoadedSet, sending: Sending) -> Original | None:
    """Only the claim and what stands above it; None where that cannot be told for certain."""
    if len(loaded.delimiters) < 3 or sending.end_offset <= sending.start_offset:
        return None
    marks = Marks(loaded.delimiters[:1].encode("latin-1"), loaded.delimiters[2:3].encode("latin-1"))
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        part = cut_claim(data, marks, loaded.start_offset, sending.start_offset, sending.end_offset)
    if part is None:
        return None
    header, interchange = None, None
    for value in edi.read(io.BytesIO(part), file=name):
        if isinstance(value, SetStart):
            interchange = value.interchange
        elif isinstance(value, Submission):
            header = value
        elif isinstance(value, SubmittedClaim):
            number, charge = value.patient_control_number.strip(), value.charge_cents
            is_ours = (number, charge) == (sending.patient_control_number, sending.charge_cents)
            return Original(sending, header, value, interchange) if is_ours and header else None
    return None


def _read_whole(path: Path, name: str, loaded: LoadedSet, sending: Sending) -> Original | None:
    """The file from its beginning to the claim."""
    header, interchange, is_our_set = None, None, False
    with path.open("rb") as stream:
        for value in edi.read(stream, file=name):
            if isinstance(value, SetStart):
                is_our_set = value.set_number == loaded.set_number
                interchange = value.interchange
            elif is_our_set and isinstance(value, Submission):
                header = value
            elif is_our_set and isinstance(value, SubmittedClaim) and value.segment == sending.segment and header:
                return Original(sending, header, value, interchange)
    return None
