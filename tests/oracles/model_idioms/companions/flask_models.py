from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
class Base:
    metadata = db.metadata
roles_users = db.Table("roles_users", db.Column("user_id", db.Integer, db.ForeignKey("user.id")), db.Column("role_id", db.ForeignKey("role.id")))
class Role(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True)
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), index=True, nullable=False)
    roles = db.relationship("Role", secondary=roles_users, backref=db.backref("users", lazy="dynamic"))
    active = db.Column(db.Boolean, server_default=db.true())
class HTTPLogEntry(db.Model):
    id = db.Column(db.BigInteger, primary_key=True)
    text = db.Column(db.Text)
class Named(db.Model):
    __tablename__ = "own_name"
    id = db.Column(db.Integer, primary_key=True)
