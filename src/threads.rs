//! What is done on several threads at once, each with the stack that an evaluation may need, and how long it is waited for.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, ScopedJoinHandle, available_parallelism, scope};
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

/// What an evaluation may need: all its nesting, in the largest frames that a build without optimization makes. Everything
/// that walks a syntax tree does so recursively, and the parser's own bound on nesting is made for this stack. Only what
/// is touched of it is ever mapped.
pub const STACK_BYTES: usize = 256 << 20;

/// More threads than that wait for each other: what they read lies in one file.
const MOST_THREADS: usize = 4;

/// As many results of [`ahead`] wait to be taken at the most.
const WAITING: usize = 2;

/// How long an answer is waited for, in time that a processor works for this process: how busy the machine is with other
/// things makes no difference. An answer takes milliseconds, and what has none after so long has none coming: libgit2 1.9
/// reads a loose object that is cut short for ever.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long one is waited for where nothing is worked on: a disk that does not answer.
const STANDSTILL: Duration = Duration::from_mins(10);

/// What is worked on, for whoever waits for it too long.
static WORK: Mutex<String> = Mutex::new(String::new());

/// Notes what is worked on from now on: it goes behind "no answer after 60 seconds of".
pub fn work_on(what: String) {
    *WORK.lock().unwrap_or_else(PoisonError::into_inner) = what;
}

/// The next thing that somebody sends, or a sentence that says what took too long; `None` where nobody is left to send. So
/// many threads work on it at once.
pub fn wait_for<T>(results: &Receiver<T>, threads: usize) -> Result<Option<T>, String> {
    let (began, before) = (Instant::now(), process_used());
    let patience = PATIENCE * u32::try_from(threads).unwrap_or(u32::MAX);
    loop {
        match results.recv_timeout(Duration::from_secs(1)) {
            Ok(result) => return Ok(Some(result)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if process_used().saturating_sub(before) >= patience || began.elapsed() >= STANDSTILL {
            let seconds = began.elapsed().as_secs();
            return Err(match &*WORK.lock().unwrap_or_else(PoisonError::into_inner) {
                what if what.is_empty() => {
                    format!("no answer after {seconds} seconds; the repository may be damaged: run `git fsck`")
                }
                what => format!("no answer after {seconds} seconds of {what}"),
            });
        }
    }
}

/// The time that a processor has worked for this thread; none where the system does not tell it.
pub fn used() -> Duration {
    ThreadTime::try_now().map(|time| time.as_duration()).unwrap_or_default()
}

/// The same for all of the process.
fn process_used() -> Duration {
    ProcessTime::try_now().map(|time| time.as_duration()).unwrap_or_default()
}

/// Does two things at once: `aside` on a thread of its own, `here` on this one. The first is `None` where no thread could
/// be had.
pub fn beside<A: Send, B>(aside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (Option<A>, B) {
    scope(|scope| {
        let thread = Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, aside);
        let here = here();
        (thread.ok().map(joined), here)
    })
}

/// Shares items out among as many threads as the machine can run, and answers in the order of the items. Those of a
/// thread that could not be had are left out at the end.
pub fn shared_out<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> Vec<R> + Sync) -> Vec<R> {
    let threads = available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let mut parts = items.chunks(items.len().div_ceil(threads).max(1));
    let Some(own) = parts.next() else { return Vec::new() };
    let work = &work;
    scope(|scope| {
        let spawn = |part| Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, move || work(part));
        let others: Vec<_> = parts.map_while(|part| spawn(part).ok()).collect();
        let mut done = work(own);
        done.extend(others.into_iter().flat_map(joined));
        done
    })
}

/// Hands on what `make` makes of each item, in their order, while a thread of its own already works on the next ones.
/// Where none can be had, what follows is left out.
pub fn ahead<T: Sync, M: Send, R>(
    items: &[T],
    make: impl Fn(&T) -> M + Send,
    take: impl FnOnce(&mut dyn Iterator<Item = M>) -> R,
) -> R {
    let (sender, results) = mpsc::sync_channel(WAITING);
    // Sending fails when nobody takes any more.
    let work = move || items.iter().map(make).try_for_each(|made| sender.send(made)).is_ok();
    let (_, taken) = beside(work, || take(&mut results.into_iter()));
    taken
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_out_comes_back_in_order() {
        for count in [0, 1, 2, 3, 7, 100] {
            let items: Vec<usize> = (0..count).collect();
            let doubled = shared_out(&items, |part| part.iter().map(|item| item * 2).collect());
            assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_made_ahead_comes_in_order_and_may_be_left() {
        let items: Vec<usize> = (0..50).collect();
        let all = ahead(&items, |item| item + 1, |made| made.collect::<Vec<_>>());
        assert_eq!(all, (1..=50).collect::<Vec<_>>());
        assert_eq!(ahead(&items, |item| item + 1, |made| made.next()), Some(1));
    }
}
