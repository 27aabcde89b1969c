//! Projects that nobody would write, beside the real thing: random operations in random order make the same catalog on a
//! PostgreSQL server and in our model, or are refused by both in the same words.
//!
//! `PARITY_CHECK_SEED` gives other projects. Skipped where there is no PostgreSQL, as in `tests/alembic_idioms.rs`.

use std::path::PathBuf;

use crate::common::random::Random;
use crate::common::random_operations::{World, operation, revision, wrong};
use crate::postgres::{Evaluated, differences, evaluate, oracle};

const PROJECTS: u64 = 300;
const SEED: u64 = 20_260_101;

/// The revisions of one project.
fn project(seed: u64) -> Vec<String> {
    let random = &mut Random::new(seed);
    let mut world = World::default();
    let revisions = 1 + random.below(3);
    let is_wrong = random.chance(17).then(|| random.below(revisions));
    let mut texts = Vec::new();
    for number in 0..revisions {
        let mut lines = Vec::new();
        let length = 3 + random.below(10);
        let wrong_at = (is_wrong == Some(number)).then(|| random.below(length));
        while lines.len() < length {
            let line =
                if wrong_at == Some(lines.len()) { wrong(&mut world, random) } else { operation(&mut world, random) };
            lines.extend(line);
        }
        let parent = number.checked_sub(1).map(|number| format!("r{number}"));
        texts.push(revision(&format!("r{number}"), parent.as_deref(), &lines));
    }
    texts
}

#[test]
fn random_operations_make_the_catalog_that_postgresql_has() {
    let seed = std::env::var("PARITY_CHECK_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let root = tempfile::tempdir().unwrap();
    let folders: Vec<PathBuf> = (0..PROJECTS)
        .map(|number| {
            let folder = root.path().join(format!("seed{}", seed + number));
            std::fs::create_dir_all(folder.join("versions")).unwrap();
            for (number, text) in project(seed + number).iter().enumerate() {
                std::fs::write(folder.join(format!("versions/r{number}.py")), text).unwrap();
            }
            folder
        })
        .collect();
    let Some(executed) = oracle(&folders) else { return };
    let (mut failures, mut refused) = (Vec::new(), 0);
    for (executed, Evaluated { name, state, failure, gaps, .. }) in executed.iter().zip(&evaluate(&folders)) {
        let error = executed["error"]["message"].as_str();
        refused += usize::from(error.is_some());
        let gaps = if failure.is_some() { &[] } else { gaps.as_slice() };
        let mut wrong = gaps.iter().map(|gap| format!("not computed: {gap}")).collect::<Vec<_>>();
        match (error, failure) {
            (Some(wanted), Some(found)) if found.contains(wanted) || wanted.contains(found.as_str()) => {}
            (None, None) => wrong.extend(differences(&executed["schema"], state)),
            (wanted, found) => wrong.push(format!("PostgreSQL says {wanted:?}, the model {found:?}")),
        }
        if !wrong.is_empty() {
            failures.push(format!("{name}:\n    {}", wrong.join("\n    ")));
        }
    }
    println!("{refused} of {} projects are refused", folders.len());
    if !failures.is_empty() {
        println!("the projects are in {}", root.keep().display());
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), folders.len(), failures.join("\n"));
}
