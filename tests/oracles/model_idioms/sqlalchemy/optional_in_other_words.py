import typing as t
from typing import Union
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
import sqlalchemy.orm as orm
import sqlalchemy as sa
class Base(DeclarativeBase):
    pass
class A(Base):
    __tablename__ = "a"
    id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, primary_key=True)
    a: Mapped[t.Optional[str]]
    b: Mapped[Union[str, None]]
    c: Mapped[None | int]
    d: Mapped[t.Union[None, int]]
