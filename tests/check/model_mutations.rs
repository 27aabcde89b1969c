//! Every operation of a revision in turn is left out or altered: the models beside it say so, whatever it is.

use crate::common;
use crate::common::Files;
use parity_check::git::{Environment, HeadChoice};

const ENVIRONMENT: &str =
    "from alembic import context  # postgresql\nfrom models import Base\n\ntarget_metadata = Base.metadata\n";

const OLD_MODELS: &str = r#"
import enum

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    nick: Mapped[str | None] = mapped_column(sa.Text, index=True)
    fax: Mapped[str | None] = mapped_column(sa.String(20))
    age: Mapped[int]
"#;

const NEW_MODELS: &str = r#"
import datetime
import enum

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class State(enum.Enum):
    new = 1
    old = 2

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    nick: Mapped[str | None] = mapped_column(sa.Text)
    age: Mapped[int | None]
    mail: Mapped[str] = mapped_column(sa.String(80), unique=True)
    score: Mapped[int] = mapped_column(sa.BigInteger)

class Team(Base):
    __tablename__ = "teams"
    __table_args__ = (sa.Index("teams_open", "size", postgresql_where=sa.text("is_open")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(50), index=True)
    budget: Mapped[float | None]
    size: Mapped[int] = mapped_column(server_default="3")
    state: Mapped[State]
    is_open: Mapped[bool]
    logo: Mapped[bytes | None]

class Member(Base):
    __tablename__ = "members"
    __table_args__ = (sa.UniqueConstraint("team_id", "user_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    joined: Mapped[datetime.datetime] = mapped_column(sa.DateTime(timezone=True))
"#;

const BASELINE: &str = r#"
from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None

def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("nick", sa.Text()),
        sa.Column("fax", sa.String(20)),
        sa.Column("age", sa.Integer(), nullable=False),
    )
    op.create_index("ix_users_nick", "users", ["nick"])
"#;

/// Each operation stands on a line of its own.
const REVISION: &str = r#"
from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"

def upgrade():
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.String(50), nullable=False),
        sa.Column("budget", sa.Float()),
        sa.Column("size", sa.Integer(), nullable=False, server_default="3"),
        sa.Column("state", sa.Enum("new", "old", name="state"), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("logo", sa.LargeBinary()),
    )
    op.create_index("ix_teams_title", "teams", ["title"])
    op.create_index("teams_open", "teams", ["size"], postgresql_where=sa.text("is_open"))
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("joined", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("team_id", "user_id"),
    )
    op.create_foreign_key("members_team", "members", "teams", ["team_id"], ["id"], ondelete="CASCADE")
    op.create_foreign_key("members_user", "members", "users", ["user_id"], ["id"])
    op.create_index("ix_members_user", "members", ["user_id"])
    op.add_column("users", sa.Column("mail", sa.String(80), nullable=False, server_default=""))
    op.create_unique_constraint("users_mail", "users", ["mail"])
    op.add_column("users", sa.Column("score", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("users", "age", nullable=True)
    op.drop_index("ix_users_nick", table_name="users")
    op.drop_column("users", "fax")
"#;

/// What stands in the revision, and what stands there instead.
const CHANGES: &[(&str, &str)] = &[
    (r#"Column("title", sa.String(50)"#, r#"Column("titel", sa.String(50)"#),
    ("sa.String(50)", "sa.String(40)"),
    (r#"Column("budget", sa.Float())"#, r#"Column("budget", sa.Integer())"#),
    (r#"Column("budget", sa.Float())"#, r#"Column("budget", sa.Float(), nullable=False)"#),
    (r#"Column("size", sa.Integer()"#, r#"Column("size", sa.SmallInteger()"#),
    (r#""new", "old", name"#, r#""new", name"#),
    (r#"sa.Enum("new", "old", name="state")"#, "sa.String(10)"),
    (r#"Column("is_open", sa.Boolean(), nullable=False)"#, r#"Column("is_open", sa.Boolean())"#),
    (r#"Column("is_open", sa.Boolean()"#, r#"Column("is_open", sa.Integer()"#),
    ("sa.LargeBinary()", "sa.Text()"),
    (r#"Column("team_id", sa.Integer(), nullable=False)"#, r#"Column("team_id", sa.Integer())"#),
    ("sa.DateTime(timezone=True)", "sa.DateTime()"),
    (r#"UniqueConstraint("team_id", "user_id")"#, r#"UniqueConstraint("team_id")"#),
    (r#", ondelete="CASCADE""#, ""),
    (r#", ondelete="CASCADE""#, r#", ondelete="SET NULL""#),
    (r#""members", "users", ["user_id"]"#, r#""members", "teams", ["user_id"]"#),
    (r#""members", ["user_id"])"#, r#""members", ["joined"])"#),
    (r#"Column("mail", sa.String(80)"#, r#"Column("mail", sa.String(60)"#),
    ("sa.BigInteger()", "sa.Integer()"),
    (r#""age", nullable=True"#, r#""name", nullable=True"#),
    (r#"op.drop_column("users", "fax")"#, r#"op.drop_column("users", "nick")"#),
];

fn files(models: &str, revision: Option<&str>) -> Files {
    let mut files = Files::new();
    files.insert("alembic/env.py".into(), ENVIRONMENT.into());
    files.insert("models.py".into(), models.into());
    files.insert("alembic/versions/0001.py".into(), BASELINE.into());
    files.extend(revision.map(|text| ("alembic/versions/0002.py".into(), text.into())));
    files
}

#[test]
fn every_operation_that_is_forgotten_or_altered_is_told() {
    let mut revisions: Vec<(String, String)> = vec![("whole".to_owned(), REVISION.to_owned())];
    let is_operation =
        |line: &&str| line.starts_with("        sa.") || line.starts_with("    op.") && !line.contains("create_table");
    for line in REVISION.lines().filter(is_operation).filter(|line| !line.contains("primary_key")) {
        revisions.push((format!("without {}", line.trim()), REVISION.replace(&format!("{line}\n"), "")));
    }
    for (old, new) in CHANGES {
        assert!(REVISION.contains(old), "{old}");
        revisions.push((format!("{old} -> {new}"), REVISION.replacen(old, new, 1)));
    }
    assert!(revisions.len() > 40);
    let names: Vec<String> = (0..revisions.len()).map(|number| format!("r{number}")).collect();
    let base = files(OLD_MODELS, None);
    let trees: Vec<(&str, Files, Files)> = names
        .iter()
        .zip(&revisions)
        .map(|(name, (_, text))| (name.as_str(), base.clone(), files(NEW_MODELS, Some(text))))
        .collect();
    let repository = common::import(&trees);
    let mut wrong = Vec::new();
    for (name, (what, _)) in names.iter().zip(&revisions) {
        let (base, head) = (format!("{name}/base"), format!("{name}/head"));
        let choice = HeadChoice::Committed(Some(&head));
        let report = common::check(repository.path(), Some(&base), choice, &Environment::default()).unwrap();
        let is_told = !report.passes(false);
        if is_told == (what == "whole") {
            let said: Vec<&str> = report.findings.iter().map(|one| one.finding.message.as_str()).collect();
            wrong.push(format!("{what}: {said:?}; {}", report.verdict));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), revisions.len(), wrong.join("\n"));
}
