//! Mapped classes: what makes their bases, what their annotations say, and the tables that come of them.

mod additions;
mod annotation;
pub(super) mod bases;
pub(in super::super) mod building;
pub(in super::super::super) mod mapping;
pub(in super::super::super) mod models;
mod reduced;
mod sqlmodel;

pub(in super::super::super) use self::sqlmodel::field;
