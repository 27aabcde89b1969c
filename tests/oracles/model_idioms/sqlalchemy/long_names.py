from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"})
class VeryLong(Base):
    __tablename__ = "a_table_with_a_name_that_is_rather_long_for_what_it_is"
    id: Mapped[int] = mapped_column(primary_key=True)
    a_column_that_has_a_long_name_too: Mapped[str] = mapped_column(index=True)
    another_column_that_has_a_long_name: Mapped[str] = mapped_column(unique=True)
    parent_of_this_very_long_thing_id: Mapped[int | None] = mapped_column(ForeignKey("a_table_with_a_name_that_is_rather_long_for_what_it_is.id"))
