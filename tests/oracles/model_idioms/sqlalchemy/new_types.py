from typing import NewType
from sqlalchemy import BigInteger, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
UserId = NewType("UserId", int)
Short = NewType("Short", str)
class Base(DeclarativeBase):
    type_annotation_map = {Short: String(8), UserId: BigInteger}
class A(Base):
    __tablename__ = "a"
    id: Mapped[UserId] = mapped_column(primary_key=True)
    other: Mapped[UserId | None]
    name: Mapped[Short]
