#!/usr/bin/env bash
# Runs the check once, and lets it write what each reader asks for: the diff's annotations to the log, and files for the
# outputs, the step summary and code scanning.
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

outputs=("--report=markdown=$scratch/summary.md" "--report=json=$scratch/report.json")
if [[ -n ${INPUT_SARIF:-} ]]; then
	mkdir -p "$(dirname -- "$INPUT_SARIF")"
	outputs+=("--report=sarif=$INPUT_SARIF")
fi
verdict=0
"$PROGRAM" ${arguments[@]+"${arguments[@]}"} --format github "${outputs[@]}" 2>"$scratch/failure" || verdict=$?
cat "$scratch/failure" >&2
if [[ $verdict -ne 0 && $verdict -ne 1 ]]; then
	summarize_failure >>"$GITHUB_STEP_SUMMARY"
	# The first line says why, as far as one line can.
	fail "the check could not be carried out: $(sed -n 's/^error: //p;q' "$scratch/failure" | tr -d '\r' | sed 's/%/%25/g')"
fi
cat "$scratch/summary.md" >>"$GITHUB_STEP_SUMMARY"

# In JSON a quote inside of a string is escaped, so only the report's own key can look like this.
findings=$(tr -d '[:space:]' <"$scratch/report.json" |
	sed -n 's/.*"summary":{"errors":\([0-9]*\),"warnings":\([0-9]*\),.*/\1 + \2/p')
[[ -n $findings ]] || fail 'the JSON report has no summary to count the findings by: please report this'
findings=$((findings))

finish "$verdict"
