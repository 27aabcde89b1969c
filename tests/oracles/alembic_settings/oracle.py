"""What Alembic reads of settings: one line of JSON for each line of JSON on standard input.

A line has the text of an ini file and that of a `pyproject.toml`; both are written into a folder of their own.
"""

import json
import pathlib
import sys
import tempfile
import warnings

from alembic.config import Config

warnings.simplefilter("ignore")
for line in sys.stdin:
    asked = json.loads(line)
    with tempfile.TemporaryDirectory() as folder:
        ini, toml = pathlib.Path(folder, "alembic.ini"), pathlib.Path(folder, "pyproject.toml")
        ini.write_text(asked["ini"], encoding="utf-8")
        toml.write_text(asked["toml"], encoding="utf-8")
        config = Config(ini, toml_file=toml, ini_section=asked["section"])
        answer = {}
        for name, read in {
            "script_location": lambda: config.get_alembic_option("script_location"),
            "versions": config.get_version_locations_list,
            "paths": config.get_prepend_sys_paths_list,
            "recursive": lambda: config.get_alembic_boolean_option("recursive_version_locations"),
        }.items():
            try:
                answer[name] = read()
            except Exception as error:
                answer[name] = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer).replace(folder, "/\N{OBJECT REPLACEMENT CHARACTER}").replace("\\ufffc", "\N{OBJECT REPLACEMENT CHARACTER}"), flush=True)
