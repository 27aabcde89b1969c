import datetime
from typing import Annotated, Optional
from sqlalchemy import ForeignKey, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
intpk = Annotated[int, mapped_column(primary_key=True)]
str50 = Annotated[str, mapped_column(String(50))]
required = Annotated[str, mapped_column(String(80), nullable=False, index=True)]
timestamp = Annotated[datetime.datetime, mapped_column(nullable=False, server_default=func.CURRENT_TIMESTAMP())]
user_fk = Annotated[int, mapped_column(ForeignKey("users.id", ondelete="SET NULL"))]
class Base(DeclarativeBase):
    pass
class User(Base):
    __tablename__ = "users"
    id: Mapped[intpk]
    name: Mapped[str50]
    nick: Mapped[Optional[str50]]
    code: Mapped[required]
    created: Mapped[timestamp]
class Post(Base):
    __tablename__ = "posts"
    id: Mapped[intpk]
    user_id: Mapped[Optional[user_fk]]
    title: Mapped[str50] = mapped_column(String(70))
    other: Mapped[str50 | None] = mapped_column("other_name")
