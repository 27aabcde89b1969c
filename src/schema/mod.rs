//! The schema value that every engine produces, the difference of two, and the engines themselves.

/// Registers the dialects: a module that is named here is known to the configuration, to detection and to every command.
macro_rules! dialects {
    ($($module:ident),+ $(,)?) => {
        $(pub mod $module;)+

        impl dialect::Dialect {
            /// Every one, in the order in which the documentation names them.
            pub const ALL: [Self; [$(stringify!($module)),+].len()] = [$($module::DIALECT),+];
        }
    };
}

pub mod database;
pub mod delta;
pub mod dialect;
pub mod form;
pub mod literals;
pub mod model;
pub mod outside;
pub mod render;
pub mod statement;
pub mod token;
pub mod types;

dialects! {
    sqlite,
    postgres,
    mysql,
}
