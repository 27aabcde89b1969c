from datetime import datetime
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
db = SQLAlchemy(metadata=MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}))
class Base:
    metadata = db.metadata
class Timestamps:
    created = db.Column(db.DateTime, default=datetime.utcnow)
class BaseModel(db.Model, Timestamps):
    __abstract__ = True
    id = db.Column(db.Integer, primary_key=True)
class Animal(BaseModel):
    kind = db.Column(db.String(10), unique=True)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}
class Dog(Animal):
    tail = db.Column(db.String(5))
    __mapper_args__ = {"polymorphic_identity": "dog"}
class BigDog(Animal):
    id = db.Column(db.Integer, db.ForeignKey("animal.id"), primary_key=True)
    weight = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "big"}
