"""What Alembic reads of chains: one line of JSON for each line of JSON on standard input.

A line names the folder of an environment and its versions directories. Nothing is migrated, and what a revision file
imports need not be installed.
"""

import hashlib
import importlib.abc
import importlib.machinery
import json
import pathlib
import signal
import sys
import types
import warnings

import alembic.util
from alembic.runtime.migration import HeadMaintainer, RevisionStep
from alembic.script import ScriptDirectory


class Anything:
    """What a module that is not installed has."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments, **named):
        return self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())

    def __or__(self, other):
        return self

    __ror__ = __or__

    def __mro_entries__(self, bases):
        return ()


class Absent(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()


class AbsentModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Absent(spec.name)

    def exec_module(self, module):
        pass


def remember(load):
    """A history has the same files at most commits: each text is run once."""
    known = {}

    def loaded(folder, name):
        key = hashlib.sha256((pathlib.Path(folder) / name).read_bytes()).digest()
        if key not in known:
            known[key] = load(folder, name)
        return known[key]

    return loaded


class Heads(HeadMaintainer):
    """What Alembic keeps of its version table, without a database."""

    def __init__(self):
        self.heads = set()

    def _insert_version(self, version):
        assert version not in self.heads
        self.heads.add(version)

    def _delete_version(self, version):
        self.heads.remove(version)

    def _update_version(self, from_, to_):
        assert to_ not in self.heads
        self.heads.remove(from_)
        self.heads.add(to_)


def stumbles(scripts, order):
    """The revision that can't be noted when all are carried out in this order."""
    heads = Heads()
    for revision in order:
        try:
            heads.update_to_step(RevisionStep(scripts.revision_map, scripts.get_revision(revision), True))
        except (KeyError, AssertionError, IndexError):
            return revision
    return None


def read(folder, versions):
    scripts = ScriptDirectory(folder, version_locations=versions)
    order = [script.revision for script in scripts.walk_revisions()]
    every = {}
    for script in map(scripts.get_revision, order):
        every[script.revision] = {
            "parents": sorted(set(script._versioned_down_revisions)),
            "before": sorted(set(script._all_down_revisions)),
            "labels": sorted(set(script._orig_branch_labels)),
        }
    heads = sorted(scripts.get_heads())
    return {
        "heads": heads,
        "bases": sorted(scripts.get_bases()),
        "branches": [sorted(scripts.get_revision(head).branch_labels) for head in heads],
        "revisions": every,
        "order": order[::-1],
        "stumbles": stumbles(scripts, order[::-1]),
    }


def too_long(number, frame):
    raise TimeoutError("no answer in time")


warnings.simplefilter("ignore")
signal.signal(signal.SIGALRM, too_long)
sys.meta_path.append(AbsentModules())
alembic.util.load_python_file = remember(alembic.util.load_python_file)
for line in sys.stdin:
    asked = json.loads(line)
    # A circle that it does not see may keep Alembic busy for ever.
    signal.alarm(30)
    try:
        answer = read(asked["folder"], asked["versions"])
    except BaseException as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    signal.alarm(0)
    print(json.dumps(answer), flush=True)
