"""A list in any order and narrowed by anything is one walk down an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0030"
down_revision = "r0029"
branch_labels = None
depends_on = None

NARROWING = (
    *("practice_id", "queue", "payer_id", "category", "carc", "state", "age_days", "open_cents", "deadline"),
    *("owner_id", "tier", "touches"),
)
BEST = ("work_score_best", ["rank_key", "claim_id"])
WIDE = ("work_score_best", ["rank_key", "claim_id", *NARROWING])
ORDERS = [
    (name, [column, "claim_id", "practice_id", "queue"])
    for name, column in (
        *(("work_score_balance", "open_cents"), ("work_score_age", "age_days")),
        ("work_score_deadline", "deadline"),
    )
]
STAYING = [
    ("work_score_practice", ["practice_id", "rank_key", "claim_id"]),
    ("work_score_rank", ["practice_id", "queue", "rank_key", "claim_id"]),
    ("work_score_queue", ["queue", "rank_key", "claim_id", "practice_id", "open_cents"]),
    ("work_score_payer", ["payer_id", "rank_key", "claim_id", "practice_id"]),
    ("work_score_payer_queue", ["payer_id", "queue", "rank_key", "claim_id", "practice_id", "open_cents"]),
    ("work_score_owner", ["owner_id", "rank_key", "claim_id"]),
    ("work_score_carc", ["carc", "payer_id", "rank_key", "claim_id", "practice_id", "open_cents"]),
]


def upgrade() -> None:
    op.add_column("workscore", sa.Column("state", sa.String(), nullable=False, server_default=""))
    for name, _ in (BEST, *STAYING):  # every row changes: an index is made anew for less
        op.drop_index(name, "workscore")
    op.execute("UPDATE workscore SET state = (SELECT claim.state FROM claim WHERE claim.id = workscore.claim_id)")
    for name, columns in (WIDE, *ORDERS, *STAYING):
        op.create_index(name, "workscore", columns)


def downgrade() -> None:
    for name, _ in (WIDE, *ORDERS):
        op.drop_index(name, "workscore")
    name, columns = BEST
    op.create_index(name, "workscore", columns)
    with op.batch_alter_table("workscore", schema=None) as table:
        table.drop_column("state")
