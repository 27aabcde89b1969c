#!/usr/bin/env bash
# Puts the program into the runner's temporary folder and sets the output `program` to its path.
#
# It is the released one for this action's version, held against the release's SHA256SUMS; where there is none for this
# machine, it is built from the action's folder. A file that is not what the release says it is ends the job: to build
# instead would hide it.
#
# PARITY_CHECK_RELEASES, set in the job's environment, names a mirror: the folder in which v0.1.0/SHA256SUMS lies.
set -euo pipefail

say() {
	printf '%s\n' "$1"
}

fail() {
	printf '::error title=parity-check::%s\n' "$1" >&2
	exit 2
}

# A path as this shell writes it; on Windows the runner's own have backslashes and a drive.
path_here() {
	if command -v cygpath >/dev/null; then
		cygpath -u "$1"
	else
		printf '%s\n' "$1"
	fi
}

# The first `version = "…"` of the manifest is the package's.
manifest_version() {
	sed -n 's/^version = "\([^"]*\)".*/\1/p' "$action/Cargo.toml" | head -n 1
}

# `owner/name` of the action, from the runner or from where it keeps the actions that it downloads; empty for an action
# of the workflow's own repository, `uses: ./`, which is built as it stands there.
action_repository() {
	if [[ -n ${ACTION_REPOSITORY:-} ]]; then
		printf '%s\n' "$ACTION_REPOSITORY"
	elif [[ $action =~ /_actions/([^/]+/[^/]+)/ ]]; then
		printf '%s\n' "${BASH_REMATCH[1]}"
	fi
}

# The release's name for this machine; empty where none is built. Windows on ARM runs the other's programs.
target() {
	case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
	Linux-X64) echo x86_64-unknown-linux-musl ;;
	Linux-ARM64) echo aarch64-unknown-linux-musl ;;
	macOS-X64) echo x86_64-apple-darwin ;;
	macOS-ARM64) echo aarch64-apple-darwin ;;
	Windows-X64 | Windows-ARM64) echo x86_64-pc-windows-msvc ;;
	esac
}

sha256_of() {
	if command -v sha256sum >/dev/null; then
		sha256sum <"$1"
	else
		shasum -a 256 <"$1"
	fi | cut -d ' ' -f 1
}

# Fails where there is nothing, after saying why.
download() {
	curl --fail --silent --show-error --location --retry 3 --connect-timeout 20 --max-time 300 --output "$2" "$1"
}

# Leaves the released program in the current folder. Answers 1 where there is none for this machine.
take_released() {
	local archive releases expected actual
	if [[ -n ${PARITY_CHECK_RELEASES:-} ]]; then
		releases=${PARITY_CHECK_RELEASES%/}
	elif [[ -n $repository ]]; then
		releases=${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download
	else
		say 'this action is the repository'\''s own, so it is built as it stands'
		return 1
	fi
	if [[ -z $(target) ]]; then
		say "no release is built for ${RUNNER_OS:-this system} on ${RUNNER_ARCH:-this processor}"
		return 1
	fi
	archive=parity-check-$(target).tar.gz
	if ! download "$releases/v$version/SHA256SUMS" SHA256SUMS; then
		say "no release v$version at $releases"
		return 1
	fi
	# A name may stand behind a star, which says that the file was read as bytes.
	expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' SHA256SUMS | tr -d '\r' | head -n 1)
	if [[ -z $expected ]]; then
		say "release v$version has no $archive"
		return 1
	fi
	if ! download "$releases/v$version/$archive" "$archive"; then
		say "$archive of release v$version cannot be downloaded"
		return 1
	fi
	actual=$(sha256_of "$archive")
	if [[ $actual != "$expected" ]]; then
		fail "$archive of v$version is not the file that was released: its SHA-256 is $actual, and SHA256SUMS says $expected"
	fi
	tar -xzf "$archive" "$program" || fail "$archive of v$version does not hold $program: please report this"
}

# Builds from the action's folder, and from within it: cargo obeys a .cargo/config.toml of the folder it is started in,
# and that of the pull request must not be it.
build() {
	if [[ $version != "$(manifest_version)" ]]; then
		fail "version $version is not released for this machine, and this action's own sources are $(manifest_version)"
	fi
	if ! command -v cargo >/dev/null; then
		fail 'there is no release for this machine and no cargo to build one: install Rust in a step before this one'
	fi
	(cd "$action" && cargo install --locked --path . --root "$folder") ||
		fail 'parity-check cannot be built from the folder of this action: see the log above'
	mv "$folder/bin/$program" "$folder/$program"
}

action=$(path_here "$GITHUB_ACTION_PATH")
folder=$(path_here "$RUNNER_TEMP")/parity-check
repository=$(action_repository)
version=${INPUT_VERSION:-$(manifest_version)}
version=${version#v}
program=parity-check
[[ ${RUNNER_OS:-} != Windows ]] || program=parity-check.exe

if [[ ! $version =~ ^[0-9]+(\.[0-9]+)+([-+][0-9A-Za-z.-]+)?$ ]]; then
	fail 'the input version is no version: write it as 0.1.0'
fi
rm -rf "$folder"
mkdir -p "$folder"
# GNU tar takes the colon of a drive for a host, so all names are relative to here.
cd "$folder"
if take_released; then
	say "parity-check $version, as released"
else
	say "building parity-check $version from the action's folder"
	build
fi
printf 'program=%s\n' "$folder/$program" >>"$GITHUB_OUTPUT"
