"""Restricted images in viewers of other sites: which browser may show them where, and until when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "image_access",
        sa.Column("cookie_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("origins", json, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_image_access_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cookie_hash", name=op.f("pk_image_access")),
        sa.UniqueConstraint("id", name=op.f("uq_image_access_id")),
    )
    op.create_index("ix_image_access_user_id", "image_access", ["user_id"])
    op.create_index("ix_image_access_session_hash", "image_access", ["session_hash"])
    op.create_index("ix_image_access_expires_at", "image_access", ["expires_at"])


def downgrade() -> None:
    """Take it out again."""
    op.drop_table("image_access")
