//! The scripts of one directory as steps from version to version, and what is wrong with them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::constant::Found;
use super::name::{self, Version};
use super::script::{File, Script};
use crate::track::Unread;
use crate::change::numbers::{Problem, Step, VersionConstant};

/// What a directory holds at one commit.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// In path order.
    pub files: Vec<Rc<File>>,
}

impl Directory {
    /// The scripts in path order, those that lead back among them.
    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        self.files.iter().filter_map(|file| file.script())
    }

    pub fn untold(&self) -> impl Iterator<Item = &Unread> {
        self.files.iter().filter_map(|file| match &**file {
            File::Untold(unread) => Some(unread),
            _ => None,
        })
    }

    /// The migrations, the lowest version first. What leads back where another leads forth is a downgrade, and none.
    pub fn steps(&self) -> Vec<&Script> {
        let ways: BTreeSet<(&Version, &Version)> = self.scripts().map(|script| (&script.from, &script.to)).collect();
        let is_back = |script: &&Script| script.to < script.from && ways.contains(&(&script.to, &script.from));
        let mut steps: Vec<&Script> = self.scripts().filter(|script| !is_back(script)).collect();
        steps.sort_by(|one, other| (&one.from, &one.to).cmp(&(&other.from, &other.to)));
        steps
    }

    /// The highest version that a script leads to.
    pub fn highest(&self) -> Option<&Script> {
        self.steps().into_iter().filter(|script| script.from < script.to).max_by(|one, other| one.to.cmp(&other.to))
    }

    /// What is wrong with the scripts, and with the constant that should be the highest version.
    pub fn problems(&self, constant: Option<&Found>) -> Vec<Problem> {
        let steps = self.steps();
        let mut problems = Vec::new();
        for script in &steps {
            if let Some(against) = &script.disagreement {
                problems.push(Problem::Disagreement {
                    file: script.location.path().rsplit('/').next().unwrap_or_default().to_owned(),
                    stated: against.stated.clone(),
                    location: against.location.clone(),
                });
            } else if script.to <= script.from {
                let (from, to) = (script.from.to_string(), script.to.to_string());
                problems.push(Problem::Backwards { from, to, location: script.location.clone() });
            }
        }
        // A script whose place is not known may be the one that is missing, or the highest.
        if self.untold().next().is_some() {
            return problems;
        }
        problems.extend(order(&steps.into_iter().filter(|script| script.from < script.to).collect::<Vec<_>>()));
        problems.extend(constant.and_then(|constant| self.behind(constant)));
        problems
    }

    fn behind(&self, constant: &Found) -> Option<Problem> {
        let (highest, version) = (self.highest()?, constant.version.as_ref()?);
        // The name of a file may say the first part of a version alone.
        if version.is_meant_by(&highest.to) {
            return None;
        }
        let shown =
            if constant.written.starts_with('"') { format!("\"{}\"", highest.to) } else { highest.to.to_string() };
        Some(Problem::Constant {
            highest: shown,
            last: highest.location.clone(),
            constant: VersionConstant {
                name: constant.name.clone(),
                value: constant.written.clone(),
                location: constant.location.clone(),
            },
            is_behind: *version < highest.to,
        })
    }
}

/// Steps that skip a version, that begin where another begins, or that nothing leads to; they come sorted.
fn order(steps: &[&Script]) -> Vec<Problem> {
    let targets: BTreeSet<&Version> = steps.iter().map(|script| &script.to).collect();
    let mut problems = Vec::new();
    let mut before: Option<&Script> = None;
    let mut reached: Option<&Version> = None;
    for script in steps {
        let gap = |from: &Version, missing: &Version| Problem::Gap {
            missing: missing.to_string(),
            next: script.to.to_string(),
            step: Some(Step {
                from: from.to_string(),
                to: missing.to_string(),
                file: name::like(script.location.path(), from, missing),
                is_begun: *from == script.from,
            }),
            location: script.location.clone(),
        };
        match before {
            Some(other) if other.from == script.from => problems.push(Problem::SameStart {
                from: script.from.to_string(),
                first: other.location.clone(),
                location: script.location.clone(),
            }),
            Some(other) if !targets.contains(&script.from) => {
                let missing = reached.and_then(Version::next).filter(|next| *next < script.from);
                let from = reached.unwrap_or(&other.to);
                problems.push(gap(from, missing.as_ref().unwrap_or(&script.from)));
            }
            _ => {}
        }
        // Between versions of several parts it is not known which there are.
        if script.from.is_whole()
            && script.to.is_whole()
            && let Some(next) = script.from.next().filter(|next| *next < script.to)
        {
            problems.push(gap(&script.from, &next));
        }
        before = Some(script);
        reached = reached.max(Some(&script.to));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn directory(files: &[(&str, &str)]) -> Directory {
        Directory { files: files.iter().map(|(path, text)| Rc::new(File::read(&Source::new(*path, *text)))).collect() }
    }

    fn keys(names: &[&str]) -> Vec<String> {
        let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, "")).collect();
        directory(&files).problems(None).iter().map(Problem::key).collect()
    }

    #[test]
    fn steps_that_follow_each_other_are_in_order_wherever_they_begin() {
        assert!(keys(&[]).is_empty());
        assert!(keys(&["v1_to_v2.py", "v2_to_v3.py", "v9_to_v10.py"][..2]).is_empty());
        assert!(keys(&["v10_to_v11.py", "v8_to_v9.py", "v9_to_v10.py"]).is_empty());
        assert!(keys(&["v1_0_to_v1_2.py", "v1_2_to_v2_0.py"]).is_empty());
        assert!(keys(&["v2_to_v2_1.py", "v2_1_to_v3.py"]).is_empty());
    }

    #[test]
    fn gaps_forks_and_steps_to_nowhere_are_problems() {
        assert_eq!(keys(&["v1_to_v2.py", "v3_to_v4.py"]), ["gap 3"]);
        assert_eq!(keys(&["v1_to_v2.py", "v5_to_v6.py"]), ["gap 3"]);
        assert_eq!(keys(&["v1_to_v3.py"]), ["gap 2"]);
        assert_eq!(keys(&["v1_0_to_v1_1.py", "v1_2_to_v1_3.py"]), ["gap 1.2"]);
        assert_eq!(keys(&["v1_to_v2_a.py", "v1_to_v2_b.py"]), ["from 1 twice"]);
        assert_eq!(keys(&["v2_to_v2.py"]), ["back 2 2"]);
        assert_eq!(keys(&["v1_to_v2.py", "v3_to_v2.py"]), ["back 3 2"]);
    }

    #[test]
    fn a_way_back_beside_the_way_forth_is_a_downgrade() {
        assert!(keys(&["v1_to_v2.py", "v2_to_v1.py"]).is_empty());
    }

    #[test]
    fn where_a_step_is_not_known_nothing_is_said_of_gaps() {
        let files = [
            ("v1_to_v2.py", ""),
            ("v3_to_v4.py", ""),
            ("add_age.py", "FROM_VERSION = 2\nTO_VERSION = FROM_VERSION + 1\n"),
        ];
        assert!(directory(&files).problems(None).is_empty());
    }

    #[test]
    fn a_hundred_thousand_scripts_are_ordered_at_once() {
        let names: Vec<String> = (0..100_000).map(|n| format!("v{n}_to_v{}.py", n + 1)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(keys(&names).is_empty());
    }
}
