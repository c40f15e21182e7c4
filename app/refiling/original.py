"""The claim as it was last sent, read back whole from the stored file: what every refile begins with."""

from __future__ import annotations

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
    header: Submission | None = None
    interchange: Interchange | None = None
    try:
        with path_of(settings, file.sha256).open("rb") as stream:
            is_our_set = False
            for value in edi.read(stream, file=file.name):
                if isinstance(value, SetStart):
                    is_our_set = value.set_number == loaded.set_number
                    interchange = value.interchange
                elif is_our_set and isinstance(value, Submission):
                    header = value
                elif is_our_set and isinstance(value, SubmittedClaim) and value.segment == sending.segment and header:
                    return Original(sending, header, value, interchange)
    except (OSError, NotX12Error) as error:
        raise NotReadable(
            f"{file.name} cannot be read from the store ({error}). Restore the files folder."
        ) from error
    raise NotReadable(f"{file.name} does not hold this claim any more. Load the file again.")
