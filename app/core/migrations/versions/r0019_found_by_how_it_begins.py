"""On PostgreSQL the indexes of numbers and names also find a text by how it begins; SQLite's do anyway."""

from __future__ import annotations

from collections.abc import Callable

from alembic import op

revision = "r0019"
down_revision = "r0018"
branch_labels = None
depends_on = None

INDEXES = (  # index, table, columns, the one that a search gives the beginning of
    ("patient_name", "patient", ["practice_id", "name_key"], "name_key"),
    ("claim_control", "claim", ["practice_id", "control_key"], "control_key"),
    ("claim_fallback", "claim", ["practice_id", "member_id", "first_service"], "member_id"),
    ("submission_control", "submission", ["practice_id", "control_key"], "control_key"),
    ("ix_payercontrolnumber_value", "payercontrolnumber", ["value"], "value"),
    ("remittance_trace", "remittance", ["trace"], "trace"),
)


def upgrade() -> None:
    _rebuild(lambda begun: {begun: "varchar_pattern_ops"})


def downgrade() -> None:
    _rebuild(lambda _: {})


def _rebuild(operators: Callable[[str], dict[str, str]]) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, table, columns, begun in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, postgresql_ops=operators(begun))
