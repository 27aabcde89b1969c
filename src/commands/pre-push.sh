#!/bin/sh
# parity-check: this hook is written by `parity-check install-hook` and taken away by its `--uninstall`; edits are lost.
#
# Refuses a push whose schema change has not reached every migration track.
#
# What a branch is judged by is what it will bring into the branch it merges into, so the base is the check's own
# default: `base` in parity.toml, else the remote's default branch. What the remote already has of the same branch is
# not the base: a revision pushed yesterday would be missed today, and a migration forgotten yesterday would go through
# today. Where the default branch itself is pushed, the two are the same. Only where no remote has a default branch
# here is the commit that the push replaces the best there is.
set -u

installed_as=@INSTALLED_AS@
remote=${1:-the remote}

say() {
	printf 'parity-check: %s\n' "$1" >&2
}

# Whether the check can find a default branch, by the names that it looks for.
knows_a_default_branch() {
	for branch in HEAD main master dev develop trunk; do
		if git for-each-ref --format='%(refname)' 'refs/remotes/*/'"$branch" 2>/dev/null | grep -q .; then
			return 0
		fi
	done
	return 1
}

# Whether nothing was ever fetched from or pushed to a remote.
is_first_push() {
	test -z "$(git for-each-ref --count=1 refs/remotes/)"
}

# An id of all zeros stands for no commit.
is_none() {
	case $1 in
	*[!0]*) return 1 ;;
	esac
}

# Whether the check can be carried out once it has a base, so that nothing else is wrong.
lacks_only_a_base() {
	"$check" --base "$1" --head "$1" --quiet >/dev/null 2>&1
}

# Takes `<remote ref> <local id> <remote id>`, and answers with the check's exit code.
judge() {
	if knows_a_default_branch; then
		"$check" --head "$2" >&2
		return
	fi
	message=$("$check" --head "$2" 2>&1)
	code=$?
	if test "$code" -eq 2 && lacks_only_a_base "$2"; then
		if is_none "$3" && is_first_push; then
			say "nothing of $remote is known here yet: ${1#refs/heads/} has nothing to be compared with and goes through"
			return 0
		elif ! is_none "$3" && git cat-file -e "$3^{commit}" 2>/dev/null; then
			"$check" --base "$3" --head "$2" >&2
			return
		fi
	fi
	printf '%s\n' "$message" >&2
	return "$code"
}

if command -v parity-check >/dev/null 2>&1; then
	check=parity-check
elif test -x "$installed_as"; then
	check=$installed_as
else
	say 'is not on PATH, so this push was not checked and is refused'
	say 'install it (cargo install --locked parity-check), or push once without the check: git push --no-verify'
	exit 1
fi

refused=0
while read -r _local_ref local_id remote_ref remote_id; do
	# A tag, a note and the like bring no migration into a branch; `refs/for/` is a branch's review on Gerrit.
	case $remote_ref in
	refs/heads/* | refs/for/*) ;;
	*) continue ;;
	esac
	# A deletion pushes nothing.
	if is_none "$local_id"; then
		continue
	fi
	judge "$remote_ref" "$local_id" "$remote_id" </dev/null
	code=$?
	if test "$code" -ne 0; then
		refused=1
		if test "$code" -eq 1; then
			say "the push of ${remote_ref#refs/heads/} is refused; to push all the same: git push --no-verify"
		else
			say "${remote_ref#refs/heads/} could not be checked, so its push is refused; to push all the same: git push --no-verify"
		fi
	fi
done
exit "$refused"
