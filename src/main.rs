fn main() {
    use clap::Parser as _;
    let cli = parity_check::cli::Cli::parse();
    let a = &cli.check;
    let environment = parity_check::git::Environment::from_process();
    let r = parity_check::run(&parity_check::Request {
        repository: &a.project.repo,
        base: a.base.as_deref(),
        head: parity_check::git::HeadChoice::Committed(a.head.as_deref()),
        config: a.project.config.as_deref(),
        environment: &environment,
        today: jiff::civil::date(2026, 11, 21),
    });
    println!("{r:#?}");
}
