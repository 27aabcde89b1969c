from fastapi_users_db_sqlalchemy import SQLAlchemyBaseOAuthAccountTableUUID, SQLAlchemyBaseUserTable, SQLAlchemyBaseUserTableUUID
from fastapi_users_db_sqlalchemy.access_token import SQLAlchemyBaseAccessTokenTableUUID
from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
class Base(DeclarativeBase):
    pass
class User(SQLAlchemyBaseUserTableUUID, Base):
    name: Mapped[str | None]
class OAuthAccount(SQLAlchemyBaseOAuthAccountTableUUID, Base):
    pass
class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass
class Member(SQLAlchemyBaseUserTable[int], Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
