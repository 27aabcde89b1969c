from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, PrimaryKeyConstraint, String, Table, UniqueConstraint
metadata = MetaData()
class Base:
    metadata = metadata
parent = Table("parent", metadata, Column("a", Integer), Column("b", Integer), Column("c", String(5)), PrimaryKeyConstraint("a", "b", name="parent_key"), UniqueConstraint("c", "a", name="uq_c_a"))
child = Table("child", metadata, Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", Integer), ForeignKeyConstraint(["x", "y"], ["parent.a", "parent.b"], ondelete="CASCADE", name="fk_child"), CheckConstraint("x > 0", name="positive"))
Index("ix_child_x_y", child.c.x, child.c.y.desc())
Index("ix_parent_c", parent.c.c, unique=True)
