from sqlmodel import Field, SQLModel
Base = SQLModel
class UserGroupLink(SQLModel, table=True):
    user_id: int = Field(foreign_key="users.id", primary_key=True)
    other: int = Field(primary_key=True)
class User(SQLModel, table=True):
    __tablename__ = "users"
    id: int = Field(primary_key=True)
