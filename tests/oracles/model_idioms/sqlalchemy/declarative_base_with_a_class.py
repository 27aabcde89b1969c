from sqlalchemy import Column, Integer, MetaData, String
from sqlalchemy.orm import declarative_base, declared_attr
class Model:
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()
    id = Column(Integer, primary_key=True)
metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"})
Base = declarative_base(cls=Model, metadata=metadata)
class Thing(Base):
    name = Column(String, unique=True)
