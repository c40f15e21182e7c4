"""Counts and dollars by payer, reason code and rule, and of what a team has to see to, kept beside the scores; and on
a score how often its claim was worked. A payer's claims are found by their decisions and practices too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0028"
down_revision = "r0027"
branch_labels = None
depends_on = None

TODAY = "queue NOT IN ('waiting', 'snoozed')"
GROUPS = (  # kind, name, which claims
    ("'carc'", "carc", "1 = 1"),
    ("'rule'", "reason", "1 = 1"),
    ("'team'", "'asked'", f"{TODAY} AND (score > 0 OR tier > 0)"),
    ("'team'", "'worked'", f"{TODAY} AND touches > 0"),
    ("'team'", "'first'", f"{TODAY} AND tier >= 10"),
)


def upgrade() -> None:
    op.add_column("workscore", sa.Column("touches", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE workscore SET touches = (SELECT count(*) FROM touch WHERE touch.claim_id = workscore.claim_id) "
        "WHERE claim_id IN (SELECT claim_id FROM touch)"
    )
    op.create_table(
        "payertotal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("open_cents", app.core.columns.Cents(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "payer_id", "queue", name=op.f("pk_payertotal")),
    )
    op.create_table(
        "grouptotal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("named", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("open_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("expected_cents", app.core.columns.Cents(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "kind", "named", name=op.f("pk_grouptotal")),
    )
    op.execute(
        "INSERT INTO payertotal (practice_id, payer_id, queue, claims, open_cents) "
        "SELECT practice_id, payer_id, queue, count(*), sum(open_cents) FROM workscore "
        "GROUP BY practice_id, payer_id, queue"
    )
    for kind, named, which in GROUPS:
        by = "practice_id" if named.startswith("'") else f"practice_id, {named}"
        op.execute(
            "INSERT INTO grouptotal (practice_id, kind, named, claims, open_cents, expected_cents) "
            f"SELECT practice_id, {kind}, {named}, count(*), sum(open_cents), sum(expected_cents) FROM workscore "
            f"WHERE {which} GROUP BY {by}"
        )
    with op.batch_alter_table("claim", schema=None) as table:
        table.create_index("claim_payer", ["payer_id", "adjudicated_on", "practice_id"], unique=False)
        table.drop_index("ix_claim_payer_id")


def downgrade() -> None:
    with op.batch_alter_table("claim", schema=None) as table:
        table.create_index("ix_claim_payer_id", ["payer_id"], unique=False)
        table.drop_index("claim_payer")
    op.drop_table("grouptotal")
    op.drop_table("payertotal")
    with op.batch_alter_table("workscore", schema=None) as table:
        table.drop_column("touches")
