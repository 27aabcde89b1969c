//! Alembic's settings, as `alembic.config.Config` reads them: the sections of an ini file, and `[tool.alembic]` of the
//! `pyproject.toml` beside it.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// Stands for the folder of the file that has the setting, `%(here)s`: an absolute path where it runs.
pub const HERE: &str = "/\u{fffc}";

/// The options of one section, by their names in lower case, and those of `[DEFAULT]` behind them.
type Options = BTreeMap<String, String>;

/// What an ini file holds, as Python's `configparser` reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ini {
    sections: BTreeMap<String, Options>,
    defaults: Options,
}

/// The settings of one environment: those of a section, and behind them those of a `pyproject.toml`.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    own: Option<Options>,
    defaults: Options,
    toml: Option<Table>,
}

/// How deep one option may name others (`configparser.MAX_INTERPOLATION_DEPTH`).
const DEEPEST: u32 = 10;

impl Ini {
    /// `None` where Python would not read it either.
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader::default();
        text.lines().try_for_each(|line| reader.line(line))?;
        Some(reader.finish())
    }

    /// The names of its sections, in order of their names.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    pub fn has_section(&self, name: &str) -> bool {
        self.sections.contains_key(name)
    }

    /// The settings that a section of it gives, before those of a `pyproject.toml`.
    pub fn settings(&self, section: &str, toml: Option<&Table>) -> Settings {
        let (own, defaults) = (self.sections.get(section).cloned(), self.defaults.clone());
        Settings { own, defaults, toml: toml.cloned() }
    }
}

/// Reads lines as `RawConfigParser._read` does.
#[derive(Default)]
struct Reader {
    read: Ini,
    seen: BTreeSet<String>,
    /// The section that the next option belongs to.
    section: Option<String>,
    /// The option that lines which are indented belong to, and its lines so far.
    option: Option<(String, Vec<String>)>,
    indent: usize,
}

impl Reader {
    fn line(&mut self, line: &str) -> Option<()> {
        let value = line.trim();
        if value.is_empty() || value.starts_with(['#', ';']) {
            if let Some((_, lines)) = self.option.as_mut().filter(|_| value.is_empty()) {
                lines.push(String::new());
            }
            return Some(());
        }
        let indent = line.chars().take_while(|character| character.is_whitespace()).count();
        if let Some((_, lines)) = self.option.as_mut().filter(|_| indent > self.indent) {
            lines.push(value.to_owned());
            return Some(());
        }
        self.indent = indent;
        self.end_option();
        if let Some((name, _)) =
            value.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).filter(|(n, _)| !n.is_empty())
        {
            self.section = Some(name.to_owned());
            // A section that comes twice is an error.
            return if name == "DEFAULT" || self.seen.insert(name.to_owned()) {
                if name != "DEFAULT" {
                    self.read.sections.insert(name.to_owned(), Options::new());
                }
                Some(())
            } else {
                None
            };
        }
        self.section.as_ref()?;
        let at = value.find(['=', ':'])?;
        let name = value[..at].trim_end().to_lowercase();
        if name.is_empty() || self.options()?.contains_key(&name) {
            return None;
        }
        self.option = Some((name, vec![value[at + 1..].trim().to_owned()]));
        Some(())
    }

    fn options(&mut self) -> Option<&mut Options> {
        match self.section.as_deref()? {
            "DEFAULT" => Some(&mut self.read.defaults),
            name => self.read.sections.get_mut(name),
        }
    }

    fn end_option(&mut self) {
        if let Some((name, lines)) = self.option.take()
            && let Some(options) = self.options()
        {
            options.insert(name, lines.join("\n").trim_end().to_owned());
        }
    }

    fn finish(mut self) -> Ini {
        self.end_option();
        self.read
    }
}

impl Settings {
    /// Those of a `pyproject.toml` alone.
    pub fn of_toml(toml: &Table) -> Self {
        Self { toml: Some(toml.clone()), ..Self::default() }
    }

    /// The option of the section, as it is after other options are filled in; `None` where there is none, or where it names
    /// one that is not there.
    fn of_section(&self, name: &str) -> Option<String> {
        self.filled(self.raw(name)?, DEEPEST)
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.own.as_ref()?.get(name).or_else(|| self.defaults.get(name)).map(String::as_str)
    }

    /// Whether the section has an option, whatever it says.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Every option of the section; `None` where one names another that is not there.
    pub fn options(&self) -> Option<BTreeMap<String, String>> {
        let names: BTreeSet<&String> = self.own.iter().flat_map(BTreeMap::keys).chain(self.defaults.keys()).collect();
        names.into_iter().map(|name| Some((name.clone(), self.of_section(name)?))).collect()
    }

    /// `BasicInterpolation`: `%(name)s` is another option, `%%` a percent sign.
    fn filled(&self, text: &str, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            filled.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                filled.push('%');
                rest = after;
                continue;
            }
            let (name, after) = rest.strip_prefix('(')?.split_once(")s")?;
            match name.to_lowercase().as_str() {
                "here" => filled.push_str(HERE),
                name => filled.push_str(&self.filled(self.raw(name)?, depth)?),
            }
            rest = after;
        }
        Some(filled + rest)
    }

    fn of_toml_named(&self, name: &str) -> Option<&Value> {
        self.toml.as_ref()?.get(name)
    }

    /// A text among the settings: that of the section comes first.
    pub fn text(&self, name: &str) -> Option<String> {
        if self.raw(name).is_some() {
            return self.of_section(name);
        }
        formatted(self.of_toml_named(name)?.as_str()?)
    }

    /// Whether a setting is true, in the one spelling that Alembic takes for it.
    pub fn is_set(&self, name: &str) -> bool {
        match self.raw(name) {
            Some(_) => self.of_section(name).as_deref() == Some("true"),
            None => self.of_toml_named(name).and_then(Value::as_bool) == Some(true),
        }
    }

    /// The folders of revisions, as `Config.get_version_locations_list` splits them; `None` where nothing names them.
    pub fn version_locations(&self) -> Option<Vec<String>> {
        self.paths("version_locations", &["path_separator", "version_path_separator"], &[' ', ','])
    }

    /// The folders that Python looks for modules in, as `Config.get_prepend_sys_paths_list` splits them.
    pub fn python_paths(&self) -> Vec<String> {
        self.paths("prepend_sys_path", &["path_separator"], &[' ', ',', ':']).unwrap_or_default()
    }

    fn paths(&self, name: &str, separators: &[&str], legacy: &[char]) -> Option<Vec<String>> {
        let own = match self.raw(name) {
            Some(_) => Some(self.of_section(name)?),
            None => None,
        };
        let Some(text) = own.filter(|text| !text.is_empty()) else {
            let items = self.of_toml_named(name)?.as_array()?;
            return items.iter().map(|item| formatted(item.as_str()?)).collect();
        };
        let given = separators.iter().find_map(|name| self.of_section(name));
        let separator = match given.as_deref() {
            None => return Some(split_legacy(&text, legacy)),
            Some("space") => ' ',
            Some("newline") => '\n',
            // The program runs where projects are deployed: not on Windows.
            Some("os" | ":") => ':',
            Some(";") => ';',
            Some(_) => return None,
        };
        let items = text.split(separator).filter(|item| !item.is_empty());
        Some(items.map(|item| item.trim().to_owned()).collect())
    }
}

/// A text of a TOML file, which Alembic fills in by Python's `%` with `here` alone.
fn formatted(text: &str) -> Option<String> {
    Settings { own: Some(Options::new()), ..Settings::default() }.filled(text, DEEPEST)
}

/// `re.split(r", *|(?: +)", …)`, with a colon among the separators where `prepend_sys_path` has it.
fn split_legacy(text: &str, separators: &[char]) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if !separators.contains(&character) {
            if let Some(item) = items.last_mut() {
                item.push(character);
            }
            continue;
        }
        while character != ':' && characters.next_if_eq(&' ').is_some() {}
        items.push(String::new());
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        Ini::parse(text).unwrap().settings("alembic", None)
    }

    #[test]
    fn an_ini_file_is_read_as_python_reads_it() {
        let read = settings(
            "# of all\n[DEFAULT]\nroot = %(here)s/db\n\n[alembic]\nScript_Location: %(root)s\nempty =\nmany =\n  a\n\n  # no part \
             of it\n  b # is\nfile_template = %%(rev)s\n[post]\nmany = c\n",
        );
        assert_eq!(read.text("script_location"), Some(format!("{HERE}/db")));
        assert_eq!(read.text("many").as_deref(), Some("\na\n\nb # is"));
        assert_eq!(read.text("file_template").as_deref(), Some("%(rev)s"));
        assert_eq!(read.text("empty").as_deref(), Some(""));
        assert_eq!(read.text("nowhere"), None);
        for wrong in ["a = 1\n", "[a]\n[a]\n", "[a]\nb = 1\nB = 2\n", "[a]\nb\n"] {
            assert_eq!(Ini::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_section_has_the_options_of_all_besides_its_own() {
        let text = "[DEFAULT]\nx = 1\n[alembic]\n[alembic:exclude]\n# why\nTables = a,\n    b%(x)s\nother: c\n";
        let read = Ini::parse(text).unwrap();
        let found: Vec<(String, String)> =
            read.settings("alembic:exclude", None).options().unwrap().into_iter().collect();
        let wanted = [("other", "c"), ("tables", "a,\nb1"), ("x", "1")];
        assert_eq!(found, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(read.has_section("alembic:exclude") && !read.has_section("missing"));
    }

    #[test]
    fn an_option_that_names_itself_is_none() {
        assert_eq!(settings("[alembic]\na = %(b)s\nb = %(a)s\nc = %(d)s\ne = 5%\n").text("a"), None);
    }

    #[test]
    fn settings_of_a_project_come_behind_those_of_the_section() {
        let toml: Table =
            "script_location = '%(here)s/x'\nversion_locations = ['a b', '%(here)s/c']\nsourceless = true"
                .parse()
                .unwrap();
        let read = Ini::parse("[alembic]\nscript_location = y\n").unwrap().settings("alembic", Some(&toml));
        assert_eq!(read.text("script_location").as_deref(), Some("y"));
        assert_eq!(read.version_locations(), Some(vec!["a b".to_owned(), format!("{HERE}/c")]));
        assert!(read.is_set("sourceless"));
        assert_eq!(Settings::of_toml(&toml).text("script_location"), Some(format!("{HERE}/x")));
    }
}
