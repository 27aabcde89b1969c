from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import registry
reg = registry()
class Base:
    metadata = reg.metadata
users = Table("users", reg.metadata, Column("id", Integer, primary_key=True), Column("name", String(50)))
addresses = Table("addresses", reg.metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")), Column("email", String(50), nullable=False))
class User:
    pass
class Address:
    pass
reg.map_imperatively(User, users)
reg.map_imperatively(Address, addresses)
