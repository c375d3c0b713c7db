"""The first schema: catalogue, change log (append-only by trigger), jobs, ingest intents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
nullable_json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)

SQLITE_GUARDS = (
    "CREATE TRIGGER change_keeps_update BEFORE UPDATE ON change "
    "BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END",
    "CREATE TRIGGER change_keeps_delete BEFORE DELETE ON change "
    "BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END",
)
POSTGRESQL_GUARDS = (
    "CREATE FUNCTION change_is_append_only() RETURNS trigger AS $$ "
    "BEGIN RAISE EXCEPTION 'the change log is append-only'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER change_keeps BEFORE UPDATE OR DELETE ON change "
    "FOR EACH ROW EXECUTE FUNCTION change_is_append_only()",
)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "change",
        sa.Column("seq", sequence, autoincrement=True, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("person", sa.String(length=256), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("before", nullable_json, nullable=True),
        sa.Column("after", nullable_json, nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_batch"), "change", ["batch"], unique=False)
    op.create_index(op.f("ix_change_record_id"), "change", ["record_id"], unique=False)
    op.create_table(
        "collection",
        sa.Column("slug", sa.String(length=256), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seq", sequence, nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_collection")),
    )
    op.create_table(
        "concept",
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("body", json, nullable=False),
        sa.PrimaryKeyConstraint("scheme", "code", name=op.f("pk_concept")),
    )
    op.create_table(
        "derivative",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("facts", json, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "name", name=op.f("pk_derivative")),
    )
    op.create_table(
        "ingest",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("payload", json, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest")),
    )
    op.create_index(op.f("ix_ingest_record_id"), "ingest", ["record_id"], unique=False)
    op.create_index(op.f("ix_ingest_state"), "ingest", ["state"], unique=False)
    op.create_table(
        "institution",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("body", json, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_institution")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "leased", "done", "dead", name="state", native_enum=False, length=8),
            nullable=False,
        ),
        sa.Column("run_after", moment, nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("max_tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["state", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'leased')"),
        postgresql_where=sa.text("state IN ('queued', 'leased')"),
    )
    op.create_index(
        "uq_job_key_unfinished",
        "job",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'leased')"),
        postgresql_where=sa.text("state IN ('queued', 'leased')"),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("body", json, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("published_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name=op.f("fk_record_institution_institution")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index(op.f("ix_record_state"), "record", ["state"], unique=False)
    op.create_index(op.f("ix_record_updated_at"), "record", ["updated_at"], unique=False)
    op.create_table(
        "designation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("decision_number", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_designation_record_id_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation")),
    )
    op.create_index(op.f("ix_designation_record_id"), "designation", ["record_id"], unique=False)
    op.create_index(op.f("ix_designation_scheme"), "designation", ["scheme"], unique=False)
    op.create_table(
        "identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=False),
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=512), nullable=False),
        sa.Column("former", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_identifier_record_id_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifier")),
    )
    op.create_index(
        "ix_identifier_current",
        "identifier",
        ["institution", "scheme", "value"],
        unique=True,
        sqlite_where=sa.text("former = 0"),
        postgresql_where=sa.text("NOT former"),
    )
    op.create_index(op.f("ix_identifier_record_id"), "identifier", ["record_id"], unique=False)
    op.create_index(op.f("ix_identifier_value"), "identifier", ["value"], unique=False)
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("predicate", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_link_record_id_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_record_id"), "link", ["record_id"], unique=False)
    op.create_index(op.f("ix_link_target"), "link", ["target"], unique=False)
    op.create_table(
        "manifest",
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_manifest_record_id_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "version", name=op.f("pk_manifest")),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_media_record_id_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_record_id"), "media", ["record_id"], unique=False)
    op.create_index(op.f("ix_media_sha256"), "media", ["sha256"], unique=False)
    op.create_table(
        "procedure",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("date", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_procedure_record_id_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
    )
    op.create_index(op.f("ix_procedure_record_id"), "procedure", ["record_id"], unique=False)
    # ### end Alembic commands ###
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL_GUARDS if is_postgresql else SQLITE_GUARDS:
        op.execute(statement)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index(op.f("ix_procedure_record_id"), table_name="procedure")
    op.drop_table("procedure")
    op.drop_index(op.f("ix_media_sha256"), table_name="media")
    op.drop_index(op.f("ix_media_record_id"), table_name="media")
    op.drop_table("media")
    op.drop_table("manifest")
    op.drop_index(op.f("ix_link_target"), table_name="link")
    op.drop_index(op.f("ix_link_record_id"), table_name="link")
    op.drop_table("link")
    op.drop_index(op.f("ix_identifier_value"), table_name="identifier")
    op.drop_index(op.f("ix_identifier_record_id"), table_name="identifier")
    op.drop_index(
        "ix_identifier_current",
        table_name="identifier",
        sqlite_where=sa.text("former = 0"),
        postgresql_where=sa.text("NOT former"),
    )
    op.drop_table("identifier")
    op.drop_index(op.f("ix_designation_scheme"), table_name="designation")
    op.drop_index(op.f("ix_designation_record_id"), table_name="designation")
    op.drop_table("designation")
    op.drop_index(op.f("ix_record_updated_at"), table_name="record")
    op.drop_index(op.f("ix_record_state"), table_name="record")
    op.drop_table("record")
    op.drop_index(
        "uq_job_key_unfinished",
        table_name="job",
        sqlite_where=sa.text("state IN ('queued', 'leased')"),
        postgresql_where=sa.text("state IN ('queued', 'leased')"),
    )
    op.drop_index(
        "ix_job_due",
        table_name="job",
        sqlite_where=sa.text("state IN ('queued', 'leased')"),
        postgresql_where=sa.text("state IN ('queued', 'leased')"),
    )
    op.drop_table("job")
    op.drop_table("institution")
    op.drop_index(op.f("ix_ingest_state"), table_name="ingest")
    op.drop_index(op.f("ix_ingest_record_id"), table_name="ingest")
    op.drop_table("ingest")
    op.drop_table("derivative")
    op.drop_table("concept")
    op.drop_table("collection")
    op.drop_index(op.f("ix_change_record_id"), table_name="change")
    op.drop_index(op.f("ix_change_batch"), table_name="change")
    op.drop_table("change")
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION change_is_append_only()")
