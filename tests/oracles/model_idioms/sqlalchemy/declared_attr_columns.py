from sqlalchemy import Column, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship
class Base(DeclarativeBase):
    pass
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("users.id"), index=True)
    @declared_attr
    def owner(cls) -> Mapped[User]:
        return relationship(User)
    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint("owner_id", "label"), {"comment": "owned"})
class Car(Owned, Base):
    __tablename__ = "cars"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(20))
class Boat(Owned, Base):
    __tablename__ = "boats"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str | None]
