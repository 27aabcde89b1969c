//! Mapped classes: what makes their bases, what their annotations say, and the tables that come of them.

mod annotation;
pub(super) mod bases;
mod building;
pub(in super::super::super) mod mapping;
pub(in super::super::super) mod models;
mod sqlmodel;

pub(in super::super::super) use self::sqlmodel::field;
