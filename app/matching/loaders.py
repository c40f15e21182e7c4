"""Who understands which transaction set: intake looks here."""

from __future__ import annotations

from app.intake.loading_contract import LoaderFactory
from app.matching.acknowledgments import AcknowledgmentLoader
from app.matching.remittances import RemittanceLoader
from app.matching.statuses import StatusLoader
from app.matching.submissions import SubmissionLoader

LOADERS: dict[str, LoaderFactory] = {
    "835": RemittanceLoader,
    "837P": SubmissionLoader,
    "837I": SubmissionLoader,
    "837D": SubmissionLoader,
    "277": StatusLoader,
    "277CA": StatusLoader,
    "277RFAI": StatusLoader,
    "999": AcknowledgmentLoader,
    "997": AcknowledgmentLoader,
    "TA1": AcknowledgmentLoader,
}
