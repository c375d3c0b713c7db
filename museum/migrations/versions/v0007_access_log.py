"""Signed links to masters: who made which, and when it was used."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "signed_link",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("media_id", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("file_name", sa.String(length=512), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=256), nullable=False),
        sa.Column("issued_by", sa.String(length=256), nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_link")),
    )
    op.create_index("ix_signed_link_record_id", "signed_link", ["record_id"])
    op.create_index("ix_signed_link_issued_by", "signed_link", ["issued_by"])
    op.create_table(
        "signed_link_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["signed_link.id"]),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_link_use")),
    )
    op.create_index("ix_signed_link_use_link_id", "signed_link_use", ["link_id"])


def downgrade() -> None:
    """Take them out again."""
    op.drop_table("signed_link_use")
    op.drop_table("signed_link")
