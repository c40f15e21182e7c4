"""Lists of a payer and of a reason are tested and counted inside their indexes; claims back from parking have one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0017"
down_revision = "r0016"
branch_labels = None
depends_on = None

WORN = sa.text("touch_id IS NULL")


def upgrade() -> None:
    op.drop_index("work_score_payer", table_name="workscore")
    op.create_index("work_score_payer", "workscore", ["payer_id", "rank_key", "claim_id", "practice_id"])
    op.drop_index("work_score_carc", table_name="workscore")
    op.create_index(
        "work_score_carc", "workscore", ["carc", "payer_id", "rank_key", "claim_id", "practice_id", "open_cents"]
    )
    op.create_index("come_back_worn", "comeback", ["claim_id"], sqlite_where=WORN, postgresql_where=WORN)


def downgrade() -> None:
    op.drop_index("come_back_worn", table_name="comeback")
    op.drop_index("work_score_carc", table_name="workscore")
    op.create_index("work_score_carc", "workscore", ["carc", "payer_id", "rank_key"])
    op.drop_index("work_score_payer", table_name="workscore")
    op.create_index("work_score_payer", "workscore", ["payer_id", "rank_key", "claim_id"])
