"""Stories; samples told apart; the change log says whether an entry is about a record or a story."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what stories and samples need; what stands already is records, and no sample."""
    op.add_column("record", sa.Column("is_sample", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Added in place: a rebuilt table would lose the triggers that keep the log append-only.
    op.add_column("change", sa.Column("subject", sa.String(length=16), nullable=False, server_default="record"))
    op.create_table(
        "story",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("body", json, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("published_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index("ix_story_state", "story", ["state"])


def downgrade() -> None:
    """Take them out again."""
    op.drop_table("story")
    op.drop_column("change", "subject")
    op.drop_column("record", "is_sample")
