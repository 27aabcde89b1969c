from sqlalchemy import Column, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class A(Base):
    __tablename__ = "a"
    __table_args__ = (UniqueConstraint("kind_key"),)
    id_: Mapped[int] = mapped_column("id", primary_key=True)
    class_: Mapped[str] = mapped_column("class")
    kind: Mapped[str] = mapped_column("type", key="kind_key")
    Order: Mapped[int | None]
class B(Base):
    __tablename__ = "Mixed Case"
    id: Mapped[int] = mapped_column(primary_key=True)
    a_id: Mapped[int] = mapped_column(ForeignKey(A.id_))
    user: Mapped[str] = mapped_column(index=True)
