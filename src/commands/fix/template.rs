//! The text of a revision file: the project's `script.py.mako` where it has the usual shape, else Alembic's own.

use super::python;
use crate::source::Source;
use crate::track::revision::Revision;

/// What a revision says.
#[derive(Clone, Debug)]
pub struct Content {
    pub message: String,
    pub id: String,
    pub parent: String,
    pub date: String,
    /// Lines of the two functions.
    pub upgrade: Vec<String>,
    pub downgrade: Vec<String>,
}

/// The template that `alembic init` writes (`alembic/templates/generic/script.py.mako` of Alembic 1.13).
const OWN: &str = r#""""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
"#;

/// The text of a revision, by the project's template where that says the same when it is read back.
pub fn render(template: Option<&str>, path: &str, content: &Content) -> String {
    let fits = |text: &String| {
        let read = Revision::parse(&Source::new(path, text.as_str()));
        let same = read.is_ok_and(|read| {
            read.id.as_deref() == Some(&content.id)
                && !read.computed_parents
                && read.parents == [content.parent.clone()]
        });
        let all = || content.upgrade.iter().chain(&content.downgrade);
        let complete = all().all(|line| text.contains(line.as_str()));
        let has = |import: &str| text.lines().any(|line| line.trim_end() == import);
        let needs = |name: &str| all().any(|line| line.contains(name));
        let imports = [
            ("op.", "from alembic import op"),
            ("sa.", "import sqlalchemy as sa"),
            ("postgresql.", "from sqlalchemy.dialects import postgresql"),
        ];
        same && complete && imports.iter().all(|(name, import)| !needs(name) || has(import))
    };
    let project = template.and_then(|template| fill(template, content)).filter(fits);
    project.unwrap_or_else(|| fill(OWN, content).unwrap_or_default())
}

/// Fills a template in; `None` where it asks for more than what is known here.
fn fill(template: &str, content: &Content) -> Option<String> {
    let mut text = String::new();
    for line in template.lines() {
        let start = line.trim_start();
        if start.starts_with("%%") || start.starts_with("##") {
            continue;
        }
        if start.starts_with('%') || line.contains("<%") || line.contains("</%") || line.ends_with('\\') {
            return None;
        }
        text.push_str(fill_line(line, content)?.trim_end());
        text.push('\n');
    }
    // A slot that is empty leaves a line.
    while text.contains("\n\n\n\n") {
        text = text.replace("\n\n\n\n", "\n\n\n");
    }
    Some(format!("{}\n", text.trim_end()))
}

fn fill_line(line: &str, content: &Content) -> Option<String> {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${") {
        let (slot, after) = after.split_once('}')?;
        out.push_str(before);
        let indent = &line[..line.len() - line.trim_start().len()];
        out.push_str(&value(slot, indent, content)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn value(slot: &str, indent: &str, content: &Content) -> Option<String> {
    let slot: String = slot.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '\'' { '"' } else { c }).collect();
    let body = |lines: &[String]| match lines {
        [] => "pass".to_owned(),
        lines => lines.join(&format!("\n{indent}")),
    };
    let needs_dialect = content.upgrade.iter().chain(&content.downgrade).any(|line| line.contains("postgresql."));
    Some(match slot.as_str() {
        "message" => python::prose(&content.message),
        "up_revision" => python::prose(&content.id),
        "down_revision|comma,n" | "down_revision" => python::prose(&content.parent),
        "create_date" => content.date.clone(),
        "repr(up_revision)" => python::string(&content.id),
        "repr(down_revision)" => python::string(&content.parent),
        "repr(branch_labels)" | "repr(depends_on)" => "None".to_owned(),
        "importsifimportselse\"\"" if needs_dialect => "from sqlalchemy.dialects import postgresql".to_owned(),
        "importsifimportselse\"\"" => String::new(),
        "upgradesifupgradeselse\"pass\"" => body(&content.upgrade),
        "downgradesifdowngradeselse\"pass\"" => body(&content.downgrade),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            message: "a \"\"\" b".to_owned(),
            id: "0002_b".to_owned(),
            parent: "0001_a".to_owned(),
            date: "2026-01-31 12:00:00".to_owned(),
            upgrade: vec!["op.f(".to_owned(), "    1,".to_owned(), ")".to_owned()],
            downgrade: Vec::new(),
        }
    }

    #[test]
    fn the_projects_template_is_used_where_it_is_understood() {
        let template = OWN.replace("def upgrade():", "def upgrade() -> None:").replace('"', "'");
        let template = template.replace("import sqlalchemy as sa", "## a comment\nimport sqlalchemy as sa");
        let text = render(Some(&template), "v/x.py", &content());
        assert!(text.starts_with("'''a b\n\nRevision ID: 0002_b\nRevises: 0001_a\n"), "{text}");
        assert!(text.contains("def upgrade() -> None:\n    op.f(\n        1,\n    )\n"), "{text}");
        assert!(text.contains("def downgrade():\n    pass\n"), "{text}");
    }

    #[test]
    fn a_template_that_asks_for_more_is_left_alone() {
        for line in ["% if x:", "<%def name='x()'>", "${config.get_main_option('x')}", "revision = 'else'"] {
            let template = format!("{OWN}{line}\n");
            let text = render(Some(&template), "v/x.py", &content());
            assert_eq!(text, render(None, "v/x.py", &content()), "{line}");
        }
    }
}
