from datetime import datetime
from sqlalchemy import Column, ForeignKey, Integer, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    created: Mapped[datetime] = mapped_column(server_default=func.now())
class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
class Student(Person):
    __tablename__ = "students"
    id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    school: Mapped[str] = mapped_column(String(60))
    __mapper_args__ = {"polymorphic_identity": "student"}
