"""Who may see a media file, beside who may see its record; behind which fence a manifest was built."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; until now every file was as public as its record, and no manifest left anything out."""
    op.add_column("media", sa.Column("level", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("manifest", sa.Column("fence", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them out again."""
    op.drop_column("manifest", "fence")
    op.drop_column("media", "level")
