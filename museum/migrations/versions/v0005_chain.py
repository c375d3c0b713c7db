"""The change log as a chain of hashes; batches; redirects of merged records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from museum.catalog import chain
from museum.db import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

nullable_json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
moment = sa.DateTime(timezone=True)
AT_ONCE = 500

SQLITE_GUARDS = {
    "change_keeps_update": "CREATE TRIGGER change_keeps_update BEFORE UPDATE ON change "
    "BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END",
    "change_keeps_delete": "CREATE TRIGGER change_keeps_delete BEFORE DELETE ON change "
    "BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END",
}
# TRUNCATE fires no row trigger: it gets its own guard here.
POSTGRESQL_GUARDS = {
    "change_keeps": "CREATE TRIGGER change_keeps BEFORE UPDATE OR DELETE ON change "
    "FOR EACH ROW EXECUTE FUNCTION change_is_append_only()",
    "change_keeps_all": "CREATE TRIGGER change_keeps_all BEFORE TRUNCATE ON change "
    "FOR EACH STATEMENT EXECUTE FUNCTION change_is_append_only()",
}

change = sa.table(
    "change",
    sa.column("seq", sa.BigInteger()),
    sa.column("at", UtcTime()),
    sa.column("person", sa.String()),
    sa.column("batch", sa.String()),
    sa.column("record_id", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("action", sa.String()),
    sa.column("before", nullable_json),
    sa.column("after", nullable_json),
)


def upgrade() -> None:
    """Add the column and fill the chain; the guards are lifted for that only, inside the migration's transaction."""
    op.create_table(
        "batch",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=256), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=512), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("undoes", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_at"), "batch", ["at"])
    op.create_index(op.f("ix_batch_undoes"), "batch", ["undoes"])
    op.create_table(
        "redirect",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", "batch", name=op.f("pk_redirect")),
    )
    op.create_index(op.f("ix_redirect_record_id"), "redirect", ["record_id"])
    op.create_index(op.f("ix_redirect_target"), "redirect", ["target"])
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ["change_keeps"] if is_postgresql else SQLITE_GUARDS:
        op.execute(f"DROP TRIGGER {name}" + (" ON change" if is_postgresql else ""))
    # Added in place: a rebuilt table would lose its place in the chain of triggers and indexes.
    op.add_column("change", sa.Column("hash", sa.String(length=64), nullable=False, server_default=""))
    _fill(op.get_bind())
    op.execute(
        "INSERT INTO batch (id, person, kind, title, at, undoes) SELECT batch, MIN(person), CASE WHEN MIN(person) = "
        "'museum ingest' THEN 'ingest' ELSE 'other' END, '', MIN(at), '' FROM change GROUP BY batch"
    )
    for statement in (POSTGRESQL_GUARDS if is_postgresql else SQLITE_GUARDS).values():
        op.execute(statement)


def downgrade() -> None:
    """Take it out again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER change_keeps_all ON change")
    op.drop_column("change", "hash")
    op.drop_table("redirect")
    op.drop_table("batch")


def _fill(connection: sa.Connection) -> None:
    previous, after = chain.GENESIS, -1
    put = sa.text("UPDATE change SET hash = :hash WHERE seq = :seq")
    while True:
        query = sa.select(change).where(change.c.seq > after).order_by(change.c.seq).limit(AT_ONCE)
        rows = connection.execute(query).all()
        if not rows:
            return
        links = []
        for row in rows:
            previous = chain.link(previous, dict(row._mapping))
            links.append({"hash": previous, "seq": row.seq})
        connection.execute(put, links)
        after = rows[-1].seq
