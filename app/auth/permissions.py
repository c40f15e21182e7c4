"""What each role may do. Denied unless listed; code asks for a permission, never for a role.

The table follows the separation of duties in 45 CFR 164.308(a)(4): whoever manages people sees no patient by that
role, whoever reviews the log changes nothing, and nobody approves the write-off or refund that they asked for.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing that somebody may do."""

    CLAIMS_VIEW = "claims.view"
    CLAIMS_WORK = "claims.work"  # notes, touches, ticklers, taking the next claim
    CLAIMS_ASSIGN = "claims.assign"
    CLAIMS_REFILE = "claims.refile"
    APPEALS_SUBMIT = "appeals.submit"
    FILES_VIEW = "files.view"
    FILES_IMPORT = "files.import"
    LEDGER_VIEW = "ledger.view"
    LEDGER_POST = "ledger.post"
    LEDGER_POST_UNBALANCED = "ledger.post_unbalanced"
    WRITE_OFF_REQUEST = "write_off.request"
    WRITE_OFF_APPROVE = "write_off.approve"
    REFUND_REQUEST = "refund.request"
    REFUND_APPROVE = "refund.approve"
    PATIENTS_CONTACT = "patients.contact"
    AGENCY_PLACE = "agency.place"
    REPORTS_VIEW = "reports.view"
    REPORTS_EXPORT = "reports.export"
    STRATEGY_TUNE = "strategy.tune"
    TABLES_MANAGE = "tables.manage"  # deadlines, contracts, code tables
    SETTINGS_MANAGE = "settings.manage"
    JOBS_RUN = "jobs.run"
    PEOPLE_MANAGE = "people.manage"
    AUDIT_READ = "audit.read"
    ACCOUNT = "account"  # one's own password and sign-ins: everybody


class Role(StrEnum):
    """A person has one."""

    BILLER = "biller"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


P = Permission
_BILLER = frozenset(
    {P.ACCOUNT, P.CLAIMS_VIEW, P.CLAIMS_WORK, P.CLAIMS_REFILE, P.APPEALS_SUBMIT, P.FILES_VIEW, P.FILES_IMPORT}
    | {P.LEDGER_VIEW, P.WRITE_OFF_REQUEST, P.REFUND_REQUEST, P.PATIENTS_CONTACT, P.REPORTS_VIEW}
)
_SUPERVISOR = _BILLER | {
    P.CLAIMS_ASSIGN,
    P.LEDGER_POST,
    P.LEDGER_POST_UNBALANCED,
    P.WRITE_OFF_APPROVE,
    P.REFUND_APPROVE,
    P.AGENCY_PLACE,
    P.REPORTS_EXPORT,
    P.STRATEGY_TUNE,
    P.TABLES_MANAGE,
    P.JOBS_RUN,
}
_ADMINISTRATOR = frozenset({P.ACCOUNT, P.PEOPLE_MANAGE, P.AUDIT_READ, P.SETTINGS_MANAGE, P.TABLES_MANAGE, P.JOBS_RUN})
_AUDITOR = frozenset(
    {P.ACCOUNT, P.CLAIMS_VIEW, P.FILES_VIEW, P.LEDGER_VIEW, P.REPORTS_VIEW, P.REPORTS_EXPORT, P.AUDIT_READ}
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.BILLER: _BILLER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.AUDITOR: _AUDITOR,
}
