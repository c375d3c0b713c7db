"""When each object of the masters was last read again and with what result; the BLAKE3 of each file."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables, empty: the first check of an object proves its SHA-512 and takes its BLAKE3."""
    op.create_table(
        "fixity_digest",
        sa.Column("object_id", sa.String(length=255), nullable=False),
        sa.Column("blake3", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("object_id"),
    )
    op.create_table(
        "fixity_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fixity_check_object", "fixity_check", ["object_id", "id"])


def downgrade() -> None:
    """Take them out again."""
    op.drop_table("fixity_check")
    op.drop_table("fixity_digest")
