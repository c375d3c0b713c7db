"""Room for second factors' secrets once they are sealed; `museum work` and `museum rotate-key` seal those there are."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_PLAIN, _SEALED = sa.String(length=64), sa.String(length=256)


def upgrade() -> None:
    """Widen the column."""
    with op.batch_alter_table("second_factor") as table:
        table.alter_column("secret", existing_type=_PLAIN, type_=_SEALED, existing_nullable=False)


def downgrade() -> None:
    """Make it as narrow as it was. Sealed secrets don't fit: whoever has one sets it up anew."""
    op.execute(sa.text("DELETE FROM second_factor WHERE length(secret) > 64"))
    with op.batch_alter_table("second_factor") as table:
        table.alter_column("secret", existing_type=_SEALED, type_=_PLAIN, existing_nullable=False)
