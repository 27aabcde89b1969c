#!/usr/bin/env bash
# Runs the check once for each thing that reads it: the diff's annotations, the outputs, the step summary, SARIF. It
# takes milliseconds. The first run's verdict is the step's, and the others must agree with it.
set -euo pipefail

fail() {
	printf '::error title=parity-check::%s\n' "$1" >&2
	finish 2
}

# Sets the outputs and ends the step.
finish() {
	printf 'exit-code=%s\nfindings=%s\n' "$1" "$findings" >>"$GITHUB_OUTPUT"
	exit "$1"
}

# Runs the check and leaves its exit code in `code`. What it prints goes where the caller sends it.
check() {
	code=0
	"$PROGRAM" ${arguments[@]+"${arguments[@]}"} "$@" || code=$?
}

# The others judge what the first one judged.
check_again() {
	check "$@"
	[[ $code -eq $verdict ]] || fail "--format $2 came to $code where the first run came to $verdict: please report this"
}

# What the check printed is shown as code, whatever it holds.
summarize_failure() {
	printf '## parity-check could not check\n\n'
	sed 's/^/    /' "$scratch/failure"
	printf '\n'
}

findings=
arguments=()
[[ -z ${INPUT_BASE:-} ]] || arguments+=("--base=$INPUT_BASE")
[[ -z ${INPUT_HEAD:-} ]] || arguments+=("--head=$INPUT_HEAD")
[[ -z ${INPUT_CONFIG:-} ]] || arguments+=("--config=$INPUT_CONFIG")
# Split at white space and nothing more: no quotes, no variables, no file names for a star.
while IFS= read -r -d ' ' argument; do
	[[ -z $argument ]] || arguments+=("$argument")
done < <(printf '%s ' "${INPUT_ARGS:-}" | tr '\t\r\n' '   ')
# Neither the log nor the summary takes the colours that a workflow may force.
unset CLICOLOR_FORCE
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check --format github 2>"$scratch/failure"
cat "$scratch/failure" >&2
verdict=$code
if [[ $verdict -ne 0 && $verdict -ne 1 ]]; then
	summarize_failure >>"$GITHUB_STEP_SUMMARY"
	fail 'the check could not be carried out: the log says why and what to do'
fi

check_again --format markdown >>"$GITHUB_STEP_SUMMARY"

check_again --format json >"$scratch/report.json"
# In JSON a quote inside of a string is escaped, so only the report's own key can look like this.
findings=$(tr -d '[:space:]' <"$scratch/report.json" |
	sed -n 's/.*"summary":{"errors":\([0-9]*\),"warnings":\([0-9]*\),.*/\1 + \2/p')
[[ -n $findings ]] || fail 'the JSON report has no summary to count the findings by: please report this'
findings=$((findings))

if [[ -n ${INPUT_SARIF:-} ]]; then
	mkdir -p "$(dirname -- "$INPUT_SARIF")"
	check_again --format sarif "--output=$INPUT_SARIF"
fi

finish "$verdict"
