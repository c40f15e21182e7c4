"""The first schema: every table as it stood when the product was first released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("detail", app.core.columns.Document(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_action"), ["action"], unique=False)
        batch_op.create_index("ix_audit_event_actor", ["actor_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_event_object", ["object_type", "object_id"], unique=False)
        batch_op.create_index("ix_audit_event_practice", ["practice_id", "id"], unique=False)

    op.create_table(
        "bulkact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("open_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("undone_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulkact")),
    )
    with op.batch_alter_table("bulkact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulkact_person_id"), ["person_id"], unique=False)

    op.create_table(
        "controlnumber",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_controlnumber")),
    )
    op.create_table(
        "destination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("sender_qualifier", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("receiver_qualifier", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("usage", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("host_key", sa.String(), nullable=False),
        sa.Column("key_file", sa.String(), nullable=False),
        sa.Column("password_env", sa.String(), nullable=False),
        sa.Column("pickup_folder", sa.String(), nullable=False),
        sa.Column("fetched_folder", sa.String(), nullable=False),
        sa.Column("changed_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("last_fetch", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
    )
    with op.batch_alter_table("destination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_destination_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "failed_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=254), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_failed_sign_in_kind_subject")),
    )
    with op.batch_alter_table("failed_sign_in", schema=None) as batch_op:
        batch_op.create_index("ix_failed_sign_in_last_at", ["last_at"], unique=False)

    op.create_table(
        "jobrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("started_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("is_fine", sa.Boolean(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobrun")),
    )
    with op.batch_alter_table("jobrun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobrun_job"), ["job"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobrun_started_at"), ["started_at"], unique=False)

    op.create_table(
        "payer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("is_capitated", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("disabled_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("last_signed_in_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pickuprun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("loaded", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickuprun")),
    )
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("npi", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=False),
        sa.Column("created_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
    )
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_npi"), ["npi"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_tax_id"), ["tax_id"], unique=False)

    op.create_table(
        "queuetotal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("open_cents", app.core.columns.Cents(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "queue", name=op.f("pk_queuetotal")),
    )
    op.create_table(
        "rankrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("open_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("outlook", app.core.columns.Document(), nullable=False),
        sa.Column("next_outlook", app.core.columns.Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankrun")),
    )
    op.create_table(
        "savedview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("for_role", sa.String(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savedview")),
    )
    with op.batch_alter_table("savedview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_savedview_person_id"), ["person_id"], unique=False)

    op.create_table(
        "storedfile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kinds", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sets", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("received_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("loaded_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storedfile")),
        sa.UniqueConstraint("sha256", name=op.f("uq_storedfile_sha256")),
    )
    with op.batch_alter_table("storedfile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_storedfile_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_storedfile_state"), ["state"], unique=False)

    op.create_table(
        "strategyversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategyversion")),
    )
    op.create_table(
        "touchedclaim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touchedclaim")),
    )
    op.create_table(
        "workday",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("queues", sa.String(), nullable=False),
        sa.Column("payer_ids", sa.String(), nullable=False),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_workday")),
    )
    op.create_table(
        "allowedshare",
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_allowedshare_payer_id_payer")),
        sa.PrimaryKeyConstraint("payer_id", "procedure", name=op.f("pk_allowedshare")),
    )
    op.create_table(
        "appealbatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("argument", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=False),
        sa.Column("queued_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_appealbatch_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_appealbatch_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appealbatch")),
    )
    with op.batch_alter_table("appealbatch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appealbatch_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("arrived_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("was_known", sa.Boolean(), nullable=False),
        sa.Column("archived_as", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["storedfile.id"], name=op.f("fk_arrival_file_id_storedfile")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_file_id"), ["file_id"], unique=False)

    op.create_table(
        "contractfee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("modifiers", sa.String(), nullable=False),
        sa.Column("fee_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_contractfee_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_contractfee_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contractfee")),
    )
    with op.batch_alter_table("contractfee", schema=None) as batch_op:
        batch_op.create_index("contract_fee_lookup", ["payer_id", "procedure"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("outcomes", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["rankrun.id"], name=op.f("fk_evidence_run_id_rankrun")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_evidence")),
    )
    op.create_table(
        "filefinding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("set_number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("element", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("remedy", sa.String(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("caret", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["storedfile.id"], name=op.f("fk_filefinding_file_id_storedfile")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filefinding")),
    )
    with op.batch_alter_table("filefinding", schema=None) as batch_op:
        batch_op.create_index("file_finding_place", ["file_id", "set_number", "segment"], unique=False)

    op.create_table(
        "inquirybatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("control_number", sa.String(), nullable=False),
        sa.Column("inquiries", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_inquirybatch_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_inquirybatch_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquirybatch")),
    )
    with op.batch_alter_table("inquirybatch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquirybatch_outbox_id"), ["outbox_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquirybatch_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquirybatch_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "journalentry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event_date", sa.Date(), nullable=False),
        sa.Column("known_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("cause_kind", sa.String(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("memo", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_journalentry_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journalentry")),
    )
    with op.batch_alter_table("journalentry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journalentry_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journalentry_reverses_id"), ["reverses_id"], unique=False)
        batch_op.create_index("journal_entry_cause", ["cause_kind", "cause_id"], unique=False)

    op.create_table(
        "lettertemplate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("payer_kind", sa.String(), nullable=False),
        sa.Column("level_key", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_lettertemplate_payer_id_payer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lettertemplate")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_lettertemplate_key_version")),
    )
    with op.batch_alter_table("lettertemplate", schema=None) as batch_op:
        batch_op.create_index("letter_current", ["is_current", "category"], unique=False)

    op.create_table(
        "loadedset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("set_number", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("control_number", sa.String(), nullable=False),
        sa.Column("interchange_control_number", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("delimiters", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("business_key", sa.String(), nullable=False),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["storedfile.id"], name=op.f("fk_loadedset_file_id_storedfile")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loadedset")),
        sa.UniqueConstraint("file_id", "set_number", name=op.f("uq_loadedset_file_id_set_number")),
    )
    with op.batch_alter_table("loadedset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loadedset_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loadedset_state"), ["state"], unique=False)
        batch_op.create_index("loaded_set_business_key", ["business_key"], unique=False)
        batch_op.create_index("loaded_set_fingerprint", ["fingerprint"], unique=False)

    op.create_table(
        "outboxitem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("control_numbers", sa.String(), nullable=False),
        sa.Column("concerns", app.core.columns.Document(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("release_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("next_try_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("sent_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_how", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("cancelled_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destination.id"], name=op.f("fk_outboxitem_destination_id_destination")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outboxitem")),
    )
    with op.batch_alter_table("outboxitem", schema=None) as batch_op:
        batch_op.create_index("outbox_due", ["state", "next_try_at"], unique=False)
        batch_op.create_index("outbox_practice", ["practice_id", "id"], unique=False)

    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("middle_name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("address_line1", sa.String(), nullable=False),
        sa.Column("address_line2", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_patient_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
    )
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.create_index("patient_identity", ["practice_id", "identity"], unique=False)
        batch_op.create_index("patient_name", ["practice_id", "name_key"], unique=False)

    op.create_table(
        "payeridentifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_payeridentifier_payer_id_payer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payeridentifier")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_payeridentifier_kind_value")),
    )
    with op.batch_alter_table("payeridentifier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payeridentifier_payer_id"), ["payer_id"], unique=False)

    op.create_table(
        "payerterm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("presumption_days", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_payerterm_payer_id_payer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payerterm")),
        sa.UniqueConstraint("payer_id", "clock", name=op.f("uq_payerterm_payer_id_clock")),
    )
    op.create_table(
        "person_practice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_practice_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "practice_id", name=op.f("pk_person_practice")),
    )
    with op.batch_alter_table("person_practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_practice_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "practiceidentifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practiceidentifier_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practiceidentifier")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_practiceidentifier_kind_value")),
    )
    with op.batch_alter_table("practiceidentifier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practiceidentifier_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "remittance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("loaded_set_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held_reason", sa.String(), nullable=False),
        sa.Column("trace", sa.String(), nullable=False),
        sa.Column("originator", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("handling", sa.String(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=True),
        sa.Column("production_date", sa.Date(), nullable=True),
        sa.Column("paid_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("claims_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("provider_adjustment_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("difference_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("payee_name", sa.String(), nullable=False),
        sa.Column("payee_id", sa.String(), nullable=False),
        sa.Column("detail", app.core.columns.Document(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("received_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_remittance_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_remittance_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance")),
    )
    with op.batch_alter_table("remittance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remittance_loaded_set_id"), ["loaded_set_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remittance_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remittance_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remittance_state"), ["state"], unique=False)
        batch_op.create_index("remittance_trace", ["trace"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("ip", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "underpaymenttolerance",
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=False),
        sa.Column("permille", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_underpaymenttolerance_payer_id_payer")),
        sa.PrimaryKeyConstraint("payer_id", name=op.f("pk_underpaymenttolerance")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("patient_control_number", sa.String(), nullable=False),
        sa.Column("control_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("known_from", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("charge_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("payer_rank", sa.Integer(), nullable=False),
        sa.Column("first_service", sa.Date(), nullable=True),
        sa.Column("last_service", sa.Date(), nullable=True),
        sa.Column("facility_code", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("filing_indicator", sa.String(), nullable=False),
        sa.Column("billing_npi", sa.String(), nullable=False),
        sa.Column("rendering_npi", sa.String(), nullable=False),
        sa.Column("rendering_name", sa.String(), nullable=False),
        sa.Column("authorization", sa.String(), nullable=False),
        sa.Column("diagnoses", sa.String(), nullable=False),
        sa.Column("payer_control_number", sa.String(), nullable=False),
        sa.Column("first_billed_on", sa.Date(), nullable=True),
        sa.Column("last_billed_on", sa.Date(), nullable=True),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("last_answer_on", sa.Date(), nullable=True),
        sa.Column("denied_on", sa.Date(), nullable=True),
        sa.Column("crossover_on", sa.Date(), nullable=True),
        sa.Column("next_check_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("state_on", sa.Date(), nullable=True),
        sa.Column("adjudicated_on", sa.Date(), nullable=True),
        sa.Column("created_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_claim_patient_id_patient")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_claim_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_claim_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("claim_control", ["practice_id", "control_key"], unique=False)
        batch_op.create_index("claim_fallback", ["practice_id", "member_id", "first_service"], unique=False)
        batch_op.create_index("claim_patient", ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_payer_control_number"), ["payer_control_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_state"), ["state"], unique=False)

    op.create_table(
        "coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("group_number", sa.String(), nullable=False),
        sa.Column("filing_indicator", sa.String(), nullable=False),
        sa.Column("relationship", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_coverage_patient_id_patient")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_coverage_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_coverage_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint(
            "patient_id", "payer_id", "member_id", name=op.f("uq_coverage_patient_id_payer_id_member_id")
        ),
    )
    with op.batch_alter_table("coverage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coverage_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coverage_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coverage_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "provideradjustmentrow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("remittance_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("element", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_provideradjustmentrow_payer_id_payer")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_provideradjustmentrow_practice_id_practice")
        ),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["remittance.id"], name=op.f("fk_provideradjustmentrow_remittance_id_remittance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provideradjustmentrow")),
    )
    with op.batch_alter_table("provideradjustmentrow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provideradjustmentrow_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_provideradjustmentrow_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_provideradjustmentrow_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_provideradjustmentrow_remittance_id"), ["remittance_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_assignment_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_person_id"), ["person_id"], unique=False)

    op.create_table(
        "bulkitem",
        sa.Column("bulk_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("touch_id", sa.Integer(), nullable=True),
        sa.Column("write_off_id", sa.Integer(), nullable=True),
        sa.Column("owner_before", sa.Integer(), nullable=True),
        sa.Column("owner_after", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulkact.id"], name=op.f("fk_bulkitem_bulk_id_bulkact")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_bulkitem_claim_id_claim")),
        sa.PrimaryKeyConstraint("bulk_id", "claim_id", name=op.f("pk_bulkitem")),
    )
    op.create_table(
        "claimbalance",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("billed_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("insurance_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("patient_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("paid_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("adjusted_cents", app.core.columns.Cents(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claimbalance_claim_id_claim")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_claimbalance_practice_id_practice")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claimbalance")),
    )
    with op.batch_alter_table("claimbalance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claimbalance_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "claimevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("known_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("detail", app.core.columns.Document(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claimevent_claim_id_claim")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_claimevent_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claimevent")),
    )
    with op.batch_alter_table("claimevent", schema=None) as batch_op:
        batch_op.create_index("claim_event_timeline", ["claim_id", "happened_on", "id"], unique=False)

    op.create_table(
        "claimline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("control_number", sa.String(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("modifiers", sa.String(), nullable=False),
        sa.Column("revenue_code", sa.String(), nullable=False),
        sa.Column("units", sa.String(), nullable=False),
        sa.Column("charge_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("first_service", sa.Date(), nullable=True),
        sa.Column("last_service", sa.Date(), nullable=True),
        sa.Column("place_of_service", sa.String(), nullable=False),
        sa.Column("pointers", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claimline_claim_id_claim")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claimline")),
    )
    with op.batch_alter_table("claimline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claimline_claim_id"), ["claim_id"], unique=False)

    op.create_table(
        "claimpayment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("remittance_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("match_rule", sa.String(), nullable=False),
        sa.Column("match_evidence", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("payer_rank", sa.Integer(), nullable=False),
        sa.Column("held_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("classification", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("patient_control_number", sa.String(), nullable=False),
        sa.Column("payer_control_number", sa.String(), nullable=False),
        sa.Column("charge_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("paid_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("patient_cents", app.core.columns.Cents(), nullable=True),
        sa.Column("allowed_cents", app.core.columns.Cents(), nullable=True),
        sa.Column("interest_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("filing_indicator", sa.String(), nullable=False),
        sa.Column("facility_code", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("patient_last", sa.String(), nullable=False),
        sa.Column("patient_first", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("crossover_to", sa.String(), nullable=False),
        sa.Column("first_service", sa.Date(), nullable=True),
        sa.Column("last_service", sa.Date(), nullable=True),
        sa.Column("received_by_payer_on", sa.Date(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reversed_by_id", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("detail", app.core.columns.Document(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claimpayment_claim_id_claim")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_claimpayment_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["remittance.id"], name=op.f("fk_claimpayment_remittance_id_remittance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claimpayment")),
    )
    with op.batch_alter_table("claimpayment", schema=None) as batch_op:
        batch_op.create_index("claim_payment_claim", ["claim_id", "id"], unique=False)
        batch_op.create_index("claim_payment_control", ["payer_control_number"], unique=False)
        batch_op.create_index("claim_payment_state", ["practice_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_claimpayment_fingerprint"), ["fingerprint"], unique=False)
        batch_op.create_index(batch_op.f("ix_claimpayment_remittance_id"), ["remittance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claimpayment_reversed_by_id"), ["reversed_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claimpayment_reverses_id"), ["reverses_id"], unique=False)

    op.create_table(
        "comeback",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("back_on", sa.Date(), nullable=False),
        sa.Column("touch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_comeback_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_comeback")),
    )
    with op.batch_alter_table("comeback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comeback_back_on"), ["back_on"], unique=False)

    op.create_table(
        "creditbalance",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("identified_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_creditbalance_claim_id_claim")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_creditbalance_practice_id_practice")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_creditbalance")),
    )
    with op.batch_alter_table("creditbalance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_creditbalance_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("trace", sa.String(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("next_check_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["inquirybatch.id"], name=op.f("fk_inquiry_batch_id_inquirybatch")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_inquiry_claim_id_claim")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_inquiry_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_inquiry_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
        sa.UniqueConstraint("trace", name=op.f("uq_inquiry_trace")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index("inquiry_claim", ["claim_id", "id"], unique=False)
        batch_op.create_index("inquiry_state", ["state", "practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_payer_id"), ["payer_id"], unique=False)

    op.create_table(
        "lease",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("taken_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_lease_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_lease")),
    )
    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lease_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_lease_person_id"), ["person_id"], unique=False)

    op.create_table(
        "manualpriority",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_manualpriority_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_manualpriority")),
    )
    op.create_table(
        "payercontrolnumber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_in", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_payercontrolnumber_claim_id_claim")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_payercontrolnumber_payer_id_payer")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_payercontrolnumber_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payercontrolnumber")),
        sa.UniqueConstraint("claim_id", "value", name=op.f("uq_payercontrolnumber_claim_id_value")),
    )
    with op.batch_alter_table("payercontrolnumber", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payercontrolnumber_value"), ["value"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("remittance_id", sa.Integer(), nullable=True),
        sa.Column("adjustment_group", sa.String(), nullable=False),
        sa.Column("adjustment_reason", sa.String(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("element", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_posting_claim_id_claim")),
        sa.ForeignKeyConstraint(["entry_id"], ["journalentry.id"], name=op.f("fk_posting_entry_id_journalentry")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_posting_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_remittance_id"), ["remittance_id"], unique=False)
        batch_op.create_index("posting_claim", ["claim_id", "account", "amount_cents"], unique=False)

    op.create_table(
        "snooze",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("touch_id", sa.Integer(), nullable=True),
        sa.Column("waits_for", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_snooze_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_snooze")),
    )
    with op.batch_alter_table("snooze", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snooze_until"), ["until"], unique=False)

    op.create_table(
        "stateddue",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_stateddue_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", "step", name=op.f("pk_stateddue")),
    )
    op.create_table(
        "statusevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("loaded_set_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("further", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("charge_cents", app.core.columns.Cents(), nullable=True),
        sa.Column("paid_cents", app.core.columns.Cents(), nullable=True),
        sa.Column("trace", sa.String(), nullable=False),
        sa.Column("inquiry_trace", sa.String(), nullable=False),
        sa.Column("patient_control_number", sa.String(), nullable=False),
        sa.Column("payer_control_number", sa.String(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("source_is_payer", sa.Boolean(), nullable=False),
        sa.Column("is_rejected", sa.Boolean(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("match_rule", sa.String(), nullable=False),
        sa.Column("received_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_statusevent_claim_id_claim")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statusevent")),
    )
    with op.batch_alter_table("statusevent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statusevent_inquiry_trace"), ["inquiry_trace"], unique=False)
        batch_op.create_index(batch_op.f("ix_statusevent_loaded_set_id"), ["loaded_set_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statusevent_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index("status_event_claim", ["claim_id", "id"], unique=False)

    op.create_table(
        "stepunderway",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("answer_due", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_stepunderway_claim_id_claim")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_stepunderway_practice_id_practice")),
        sa.PrimaryKeyConstraint("claim_id", "step", name=op.f("pk_stepunderway")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("payer_rank", sa.Integer(), nullable=False),
        sa.Column("patient_control_number", sa.String(), nullable=False),
        sa.Column("control_key", sa.String(), nullable=False),
        sa.Column("loaded_set_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("batch_reference", sa.String(), nullable=False),
        sa.Column("interchange_control_number", sa.String(), nullable=False),
        sa.Column("group_control_number", sa.String(), nullable=False),
        sa.Column("set_control_number", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("charge_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("acknowledgment", sa.String(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_submission_claim_id_claim")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_submission_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_submission_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_batch_reference"), ["batch_reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_loaded_set_id"), ["loaded_set_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index("submission_control", ["practice_id", "control_key"], unique=False)
        batch_op.create_index("submission_group", ["group_control_number", "set_control_number"], unique=False)

    op.create_table(
        "touch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("call_reference", sa.String(), nullable=False),
        sa.Column("representative", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_touch_claim_id_claim")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_touch_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch")),
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_touch_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index("touch_claim", ["claim_id", "at"], unique=False)
        batch_op.create_index("touch_person", ["person_id", "at"], unique=False)

    op.create_table(
        "underpayment",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("contracted_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("allowed_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("short_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("lines", app.core.columns.Document(), nullable=False),
        sa.Column("found_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_underpayment_claim_id_claim")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_underpayment_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_underpayment_practice_id_practice")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_underpayment")),
    )
    with op.batch_alter_table("underpayment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_underpayment_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_underpayment_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "workscore",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("rank_key", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("expected_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("odds", sa.Float(), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("safe_on", sa.Date(), nullable=True),
        sa.Column("deadline_rule", sa.String(), nullable=False),
        sa.Column("deadline_confidence", sa.String(), nullable=False),
        sa.Column("open_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("carc", sa.String(), nullable=False),
        sa.Column("age_days", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_workscore_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_workscore")),
    )
    with op.batch_alter_table("workscore", schema=None) as batch_op:
        batch_op.create_index("work_score_best", ["rank_key", "claim_id"], unique=False)
        batch_op.create_index("work_score_carc", ["carc", "payer_id", "rank_key"], unique=False)
        batch_op.create_index("work_score_owner", ["owner_id", "rank_key", "claim_id"], unique=False)
        batch_op.create_index("work_score_payer", ["payer_id", "rank_key", "claim_id"], unique=False)
        batch_op.create_index(
            "work_score_payer_queue",
            ["payer_id", "queue", "rank_key", "claim_id", "practice_id", "open_cents"],
            unique=False,
        )
        batch_op.create_index("work_score_practice", ["practice_id", "rank_key", "claim_id"], unique=False)
        batch_op.create_index(
            "work_score_queue", ["queue", "rank_key", "claim_id", "practice_id", "open_cents"], unique=False
        )
        batch_op.create_index("work_score_rank", ["practice_id", "queue", "rank_key", "claim_id"], unique=False)

    op.create_table(
        "writeoffrequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_writeoffrequest_claim_id_claim")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_writeoffrequest_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_writeoffrequest")),
    )
    with op.batch_alter_table("writeoffrequest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_writeoffrequest_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_writeoffrequest_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_writeoffrequest_state"), ["state"], unique=False)

    op.create_table(
        "adjustmentrow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_payment_id", sa.Integer(), nullable=False),
        sa.Column("service_payment_id", sa.Integer(), nullable=True),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("element", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_payment_id"], ["claimpayment.id"], name=op.f("fk_adjustmentrow_claim_payment_id_claimpayment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustmentrow")),
    )
    with op.batch_alter_table("adjustmentrow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustmentrow_claim_payment_id"), ["claim_payment_id"], unique=False)

    op.create_table(
        "denial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("claim_payment_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("denied_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("denied_on", sa.Date(), nullable=False),
        sa.Column("line_ids", sa.String(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_as", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_denial_claim_id_claim")),
        sa.ForeignKeyConstraint(
            ["claim_payment_id"], ["claimpayment.id"], name=op.f("fk_denial_claim_payment_id_claimpayment")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_denial_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denial")),
    )
    with op.batch_alter_table("denial", schema=None) as batch_op:
        batch_op.create_index("denial_claim", ["claim_id", "is_open"], unique=False)
        batch_op.create_index(batch_op.f("ix_denial_claim_payment_id"), ["claim_payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_denial_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "refile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("from_submission_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("proposed_route", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("override_reason", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("original_reference", sa.String(), nullable=False),
        sa.Column("changes", app.core.columns.Document(), nullable=False),
        sa.Column("charge_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("paid_before_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("last_answer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("control_number", sa.String(), nullable=False),
        sa.Column("touch_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("sent_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("won_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_refile_claim_id_claim")),
        sa.ForeignKeyConstraint(
            ["from_submission_id"], ["submission.id"], name=op.f("fk_refile_from_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_refile_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_refile_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refile")),
    )
    with op.batch_alter_table("refile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refile_outbox_id"), ["outbox_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refile_submission_id"), ["submission_id"], unique=False)
        batch_op.create_index("refile_claim", ["claim_id", "id"], unique=False)
        batch_op.create_index("refile_state", ["state", "practice_id"], unique=False)

    op.create_table(
        "remarkrow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_payment_id", sa.Integer(), nullable=False),
        sa.Column("service_payment_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("element", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_payment_id"], ["claimpayment.id"], name=op.f("fk_remarkrow_claim_payment_id_claimpayment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarkrow")),
    )
    with op.batch_alter_table("remarkrow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remarkrow_claim_payment_id"), ["claim_payment_id"], unique=False)

    op.create_table(
        "servicepayment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_payment_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("modifiers", sa.String(), nullable=False),
        sa.Column("revenue_code", sa.String(), nullable=False),
        sa.Column("original_procedure", sa.String(), nullable=False),
        sa.Column("units", sa.String(), nullable=False),
        sa.Column("charge_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("paid_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("allowed_cents", app.core.columns.Cents(), nullable=True),
        sa.Column("line_control_number", sa.String(), nullable=False),
        sa.Column("first_service", sa.Date(), nullable=True),
        sa.Column("last_service", sa.Date(), nullable=True),
        sa.Column("detail", app.core.columns.Document(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_payment_id"], ["claimpayment.id"], name=op.f("fk_servicepayment_claim_payment_id_claimpayment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_servicepayment")),
    )
    with op.batch_alter_table("servicepayment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_servicepayment_claim_payment_id"), ["claim_payment_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("claim_payment_id", sa.Integer(), nullable=False),
        sa.Column("denial_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("amount_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("argument", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("level_key", sa.String(), nullable=False),
        sa.Column("level_name", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("rule_words", sa.String(), nullable=False),
        sa.Column("rule_authority", sa.String(), nullable=False),
        sa.Column("rule_confidence", sa.String(), nullable=False),
        sa.Column("needs_check", sa.Boolean(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("legal_last_day", sa.Date(), nullable=True),
        sa.Column("safe_day", sa.Date(), nullable=True),
        sa.Column("good_cause", sa.String(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("send_how", sa.String(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_proof", sa.String(), nullable=False),
        sa.Column("paid_before_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("answer_before_id", sa.Integer(), nullable=False),
        sa.Column("decision_due", sa.Date(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("won_cents", app.core.columns.Cents(), nullable=False),
        sa.Column("decided_by_payment_id", sa.Integer(), nullable=True),
        sa.Column("decision_words", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("changed_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["appealbatch.id"], name=op.f("fk_appeal_batch_id_appealbatch")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_appeal_claim_id_claim")),
        sa.ForeignKeyConstraint(
            ["claim_payment_id"], ["claimpayment.id"], name=op.f("fk_appeal_claim_payment_id_claimpayment")
        ),
        sa.ForeignKeyConstraint(["denial_id"], ["denial.id"], name=op.f("fk_appeal_denial_id_denial")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_appeal_payer_id_payer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_appeal_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["lettertemplate.id"], name=op.f("fk_appeal_template_id_lettertemplate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index("appeal_claim", ["claim_id", "id"], unique=False)
        batch_op.create_index("appeal_due", ["practice_id", "state", "legal_last_day"], unique=False)
        batch_op.create_index(
            "appeal_one_open",
            ["claim_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'decided'"),
            postgresql_where=sa.text("state <> 'decided'"),
        )
        batch_op.create_index(batch_op.f("ix_appeal_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_decision"), ["decision"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_outbox_id"), ["outbox_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_state"), ["state"], unique=False)

    op.create_table(
        "enclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_enclosure_appeal_id_appeal")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_enclosure_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclosure")),
    )
    with op.batch_alter_table("enclosure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enclosure_appeal_id"), ["appeal_id"], unique=False)

    op.create_table(
        "packet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_packet_appeal_id_appeal")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_packet_practice_id_practice")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["lettertemplate.id"], name=op.f("fk_packet_template_id_lettertemplate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet")),
        sa.UniqueConstraint("appeal_id", "version", name=op.f("uq_packet_appeal_id_version")),
    )


def downgrade() -> None:
    op.drop_table("packet")
    with op.batch_alter_table("enclosure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enclosure_appeal_id"))

    op.drop_table("enclosure")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_state"))
        batch_op.drop_index(batch_op.f("ix_appeal_payer_id"))
        batch_op.drop_index(batch_op.f("ix_appeal_outbox_id"))
        batch_op.drop_index(batch_op.f("ix_appeal_decision"))
        batch_op.drop_index(batch_op.f("ix_appeal_batch_id"))
        batch_op.drop_index(
            "appeal_one_open",
            sqlite_where=sa.text("state <> 'decided'"),
            postgresql_where=sa.text("state <> 'decided'"),
        )
        batch_op.drop_index("appeal_due")
        batch_op.drop_index("appeal_claim")

    op.drop_table("appeal")
    with op.batch_alter_table("servicepayment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_servicepayment_claim_payment_id"))

    op.drop_table("servicepayment")
    with op.batch_alter_table("remarkrow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remarkrow_claim_payment_id"))

    op.drop_table("remarkrow")
    with op.batch_alter_table("refile", schema=None) as batch_op:
        batch_op.drop_index("refile_state")
        batch_op.drop_index("refile_claim")
        batch_op.drop_index(batch_op.f("ix_refile_submission_id"))
        batch_op.drop_index(batch_op.f("ix_refile_outbox_id"))

    op.drop_table("refile")
    with op.batch_alter_table("denial", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_denial_practice_id"))
        batch_op.drop_index(batch_op.f("ix_denial_claim_payment_id"))
        batch_op.drop_index("denial_claim")

    op.drop_table("denial")
    with op.batch_alter_table("adjustmentrow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adjustmentrow_claim_payment_id"))

    op.drop_table("adjustmentrow")
    with op.batch_alter_table("writeoffrequest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_writeoffrequest_state"))
        batch_op.drop_index(batch_op.f("ix_writeoffrequest_practice_id"))
        batch_op.drop_index(batch_op.f("ix_writeoffrequest_claim_id"))

    op.drop_table("writeoffrequest")
    with op.batch_alter_table("workscore", schema=None) as batch_op:
        batch_op.drop_index("work_score_rank")
        batch_op.drop_index("work_score_queue")
        batch_op.drop_index("work_score_practice")
        batch_op.drop_index("work_score_payer_queue")
        batch_op.drop_index("work_score_payer")
        batch_op.drop_index("work_score_owner")
        batch_op.drop_index("work_score_carc")
        batch_op.drop_index("work_score_best")

    op.drop_table("workscore")
    with op.batch_alter_table("underpayment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_underpayment_practice_id"))
        batch_op.drop_index(batch_op.f("ix_underpayment_payer_id"))

    op.drop_table("underpayment")
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_index("touch_person")
        batch_op.drop_index("touch_claim")
        batch_op.drop_index(batch_op.f("ix_touch_practice_id"))

    op.drop_table("touch")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("submission_group")
        batch_op.drop_index("submission_control")
        batch_op.drop_index(batch_op.f("ix_submission_practice_id"))
        batch_op.drop_index(batch_op.f("ix_submission_loaded_set_id"))
        batch_op.drop_index(batch_op.f("ix_submission_claim_id"))
        batch_op.drop_index(batch_op.f("ix_submission_batch_reference"))

    op.drop_table("submission")
    op.drop_table("stepunderway")
    with op.batch_alter_table("statusevent", schema=None) as batch_op:
        batch_op.drop_index("status_event_claim")
        batch_op.drop_index(batch_op.f("ix_statusevent_practice_id"))
        batch_op.drop_index(batch_op.f("ix_statusevent_loaded_set_id"))
        batch_op.drop_index(batch_op.f("ix_statusevent_inquiry_trace"))

    op.drop_table("statusevent")
    op.drop_table("stateddue")
    with op.batch_alter_table("snooze", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snooze_until"))

    op.drop_table("snooze")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index("posting_claim")
        batch_op.drop_index(batch_op.f("ix_posting_remittance_id"))
        batch_op.drop_index(batch_op.f("ix_posting_entry_id"))

    op.drop_table("posting")
    with op.batch_alter_table("payercontrolnumber", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payercontrolnumber_value"))

    op.drop_table("payercontrolnumber")
    op.drop_table("manualpriority")
    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lease_person_id"))
        batch_op.drop_index(batch_op.f("ix_lease_expires_at"))

    op.drop_table("lease")
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiry_payer_id"))
        batch_op.drop_index(batch_op.f("ix_inquiry_batch_id"))
        batch_op.drop_index("inquiry_state")
        batch_op.drop_index("inquiry_claim")

    op.drop_table("inquiry")
    with op.batch_alter_table("creditbalance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_creditbalance_practice_id"))

    op.drop_table("creditbalance")
    with op.batch_alter_table("comeback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comeback_back_on"))

    op.drop_table("comeback")
    with op.batch_alter_table("claimpayment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claimpayment_reverses_id"))
        batch_op.drop_index(batch_op.f("ix_claimpayment_reversed_by_id"))
        batch_op.drop_index(batch_op.f("ix_claimpayment_remittance_id"))
        batch_op.drop_index(batch_op.f("ix_claimpayment_fingerprint"))
        batch_op.drop_index("claim_payment_state")
        batch_op.drop_index("claim_payment_control")
        batch_op.drop_index("claim_payment_claim")

    op.drop_table("claimpayment")
    with op.batch_alter_table("claimline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claimline_claim_id"))

    op.drop_table("claimline")
    with op.batch_alter_table("claimevent", schema=None) as batch_op:
        batch_op.drop_index("claim_event_timeline")

    op.drop_table("claimevent")
    with op.batch_alter_table("claimbalance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claimbalance_practice_id"))

    op.drop_table("claimbalance")
    op.drop_table("bulkitem")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_person_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("provideradjustmentrow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provideradjustmentrow_remittance_id"))
        batch_op.drop_index(batch_op.f("ix_provideradjustmentrow_practice_id"))
        batch_op.drop_index(batch_op.f("ix_provideradjustmentrow_payer_id"))
        batch_op.drop_index(batch_op.f("ix_provideradjustmentrow_claim_id"))

    op.drop_table("provideradjustmentrow")
    with op.batch_alter_table("coverage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coverage_practice_id"))
        batch_op.drop_index(batch_op.f("ix_coverage_payer_id"))
        batch_op.drop_index(batch_op.f("ix_coverage_member_id"))

    op.drop_table("coverage")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_state"))
        batch_op.drop_index(batch_op.f("ix_claim_payer_id"))
        batch_op.drop_index(batch_op.f("ix_claim_payer_control_number"))
        batch_op.drop_index("claim_patient")
        batch_op.drop_index("claim_fallback")
        batch_op.drop_index("claim_control")

    op.drop_table("claim")
    op.drop_table("underpaymenttolerance")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("remittance", schema=None) as batch_op:
        batch_op.drop_index("remittance_trace")
        batch_op.drop_index(batch_op.f("ix_remittance_state"))
        batch_op.drop_index(batch_op.f("ix_remittance_practice_id"))
        batch_op.drop_index(batch_op.f("ix_remittance_payer_id"))
        batch_op.drop_index(batch_op.f("ix_remittance_loaded_set_id"))

    op.drop_table("remittance")
    with op.batch_alter_table("practiceidentifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practiceidentifier_practice_id"))

    op.drop_table("practiceidentifier")
    with op.batch_alter_table("person_practice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_practice_practice_id"))

    op.drop_table("person_practice")
    op.drop_table("payerterm")
    with op.batch_alter_table("payeridentifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payeridentifier_payer_id"))

    op.drop_table("payeridentifier")
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.drop_index("patient_name")
        batch_op.drop_index("patient_identity")

    op.drop_table("patient")
    with op.batch_alter_table("outboxitem", schema=None) as batch_op:
        batch_op.drop_index("outbox_practice")
        batch_op.drop_index("outbox_due")

    op.drop_table("outboxitem")
    with op.batch_alter_table("loadedset", schema=None) as batch_op:
        batch_op.drop_index("loaded_set_fingerprint")
        batch_op.drop_index("loaded_set_business_key")
        batch_op.drop_index(batch_op.f("ix_loadedset_state"))
        batch_op.drop_index(batch_op.f("ix_loadedset_practice_id"))

    op.drop_table("loadedset")
    with op.batch_alter_table("lettertemplate", schema=None) as batch_op:
        batch_op.drop_index("letter_current")

    op.drop_table("lettertemplate")
    with op.batch_alter_table("journalentry", schema=None) as batch_op:
        batch_op.drop_index("journal_entry_cause")
        batch_op.drop_index(batch_op.f("ix_journalentry_reverses_id"))
        batch_op.drop_index(batch_op.f("ix_journalentry_practice_id"))

    op.drop_table("journalentry")
    with op.batch_alter_table("inquirybatch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquirybatch_practice_id"))
        batch_op.drop_index(batch_op.f("ix_inquirybatch_payer_id"))
        batch_op.drop_index(batch_op.f("ix_inquirybatch_outbox_id"))

    op.drop_table("inquirybatch")
    with op.batch_alter_table("filefinding", schema=None) as batch_op:
        batch_op.drop_index("file_finding_place")

    op.drop_table("filefinding")
    op.drop_table("evidence")
    with op.batch_alter_table("contractfee", schema=None) as batch_op:
        batch_op.drop_index("contract_fee_lookup")

    op.drop_table("contractfee")
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrival_file_id"))

    op.drop_table("arrival")
    with op.batch_alter_table("appealbatch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appealbatch_practice_id"))

    op.drop_table("appealbatch")
    op.drop_table("allowedshare")
    op.drop_table("workday")
    op.drop_table("touchedclaim")
    op.drop_table("strategyversion")
    with op.batch_alter_table("storedfile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_storedfile_state"))
        batch_op.drop_index(batch_op.f("ix_storedfile_received_at"))

    op.drop_table("storedfile")
    with op.batch_alter_table("savedview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_savedview_person_id"))

    op.drop_table("savedview")
    op.drop_table("rankrun")
    op.drop_table("queuetotal")
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_tax_id"))
        batch_op.drop_index(batch_op.f("ix_practice_npi"))

    op.drop_table("practice")
    op.drop_table("pickuprun")
    op.drop_table("person")
    op.drop_table("payer")
    with op.batch_alter_table("jobrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobrun_started_at"))
        batch_op.drop_index(batch_op.f("ix_jobrun_job"))

    op.drop_table("jobrun")
    with op.batch_alter_table("failed_sign_in", schema=None) as batch_op:
        batch_op.drop_index("ix_failed_sign_in_last_at")

    op.drop_table("failed_sign_in")
    with op.batch_alter_table("destination", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_destination_practice_id"))

    op.drop_table("destination")
    op.drop_table("controlnumber")
    with op.batch_alter_table("bulkact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulkact_person_id"))

    op.drop_table("bulkact")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_practice")
        batch_op.drop_index("ix_audit_event_object")
        batch_op.drop_index(batch_op.f("ix_audit_event_at"))
        batch_op.drop_index("ix_audit_event_actor")
        batch_op.drop_index(batch_op.f("ix_audit_event_action"))

    op.drop_table("audit_event")
