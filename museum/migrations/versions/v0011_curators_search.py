"""What curators keep for searching: synonyms and their log, saved searches, counts; and how pictures look."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
nullable_json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "synonym",
        sa.Column("code", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", json, nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_synonym")),
    )
    op.create_table(
        "synonym_change",
        sa.Column("seq", sequence, autoincrement=True, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("person", sa.String(length=256), nullable=False),
        sa.Column("code", sa.String(length=96), nullable=False),
        sa.Column("before", nullable_json, nullable=True),
        sa.Column("after", nullable_json, nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_synonym_change")),
    )
    op.create_index("ix_synonym_change_code", "synonym_change", ["code"])
    op.create_table(
        "saved_search",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("query", sa.String(length=2048), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=256), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_table(
        "search_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=96), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("unfound", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "words", name=op.f("pk_search_count")),
    )
    op.create_table(
        "look",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("recipe", sa.String(length=16), nullable=False),
        sa.Column("colors", json, nullable=False),
        sa.Column("code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_look")),
    )
    op.create_index("ix_look_made_at", "look", ["made_at"])


def downgrade() -> None:
    """Take them out again."""
    for name in ("look", "search_count", "saved_search", "synonym_change", "synonym"):
        op.drop_table(name)
