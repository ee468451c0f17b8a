"""A copy of the package in which all mutants stand at once, and its test binaries."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import tomllib

from forms import File, blamed

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "target/mutated"
TREE = HOME / "tree"

SETTINGS = tomllib.loads((ROOT / ".cargo/mutants.toml").read_text())

# The form of a mutant that stands where the compiler works a value out.
HELD = 9

CHOOSER = """//! Which mutant is at work, as the environment says; without one, who reaches which is noted.

use std::cell::Cell;
use std::env::var;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::LazyLock;

static CHOSEN: LazyLock<usize> = LazyLock::new(|| var("MUTANT").map_or(0, |text| text.parse().expect("a number")));
static NOTES: LazyLock<Option<File>> = LazyLock::new(|| {
    let name = var("MUTANTS_REACHED").ok()?;
    Some(OpenOptions::new().create(true).append(true).open(name).expect("notes can be written"))
});

thread_local! {
    static SEEN: [Cell<bool>; COUNT] = const { [const { Cell::new(false) }; COUNT] };
}

pub(crate) fn is(number: usize) -> bool {
    if *CHOSEN == 0 {
        note(number);
    }
    *CHOSEN == number
}

fn note(number: usize) {
    let Some(mut notes) = NOTES.as_ref() else { return };
    if SEEN.try_with(|seen| seen[number].replace(true)).unwrap_or(false) {
        return;
    }
    let thread = std::thread::current();
    let mut line = [0; 256];
    let mut rest = &mut line[..];
    let _ = writeln!(rest, "{number} {}", thread.name().unwrap_or("?"));
    let left = rest.len();
    let _ = notes.write_all(&line[..256 - left]);
}
"""


def listed(arguments):
    """The mutants that `cargo mutants` would make, each with its number, which it keeps."""
    command = ["cargo", "mutants", "--list", "--json", *arguments]
    mutants = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    kept = HOME / "numbers.json"
    numbers = json.loads(kept.read_text()) if kept.exists() else {}
    for mutant in mutants:
        mutant["id"] = numbers.setdefault(mutant["name"], len(numbers) + 1)
    kept.write_text(json.dumps(numbers, indent=0))
    return mutants


def copy(changed):
    """Brings the copy up to date; a file that is the same keeps its time, so that it isn't built again."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode().split("\0")
    files = {name: ROOT / name for name in names if name and (ROOT / name).is_file()}
    for name, source in files.items():
        write(TREE / name, changed.get(name) or source.read_bytes())
    write(TREE / "src/mutant.rs", changed["src/mutant.rs"])
    for path in [*TREE.glob("src/**/*.rs"), *TREE.glob("tests/**/*.rs")]:
        if str(path.relative_to(TREE)) not in {*files, "src/mutant.rs"}:
            path.unlink()
    shared = HOME / "shared"
    if (ROOT / "../shared").is_dir() and not shared.is_symlink():
        shared.symlink_to((ROOT / "../shared").resolve())


def write(path, content):
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def digest():
    """Of everything that a verdict may depend on."""
    whole = hashlib.sha256()
    for path in sorted([*ROOT.glob("src/**/*.rs"), *ROOT.glob("tests/**/*.rs"), ROOT / "Cargo.lock"]):
        whole.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return whole.hexdigest()


class Build:
    def __init__(self, mutants, profile):
        self.profile = profile
        self.mutants = {mutant["id"]: mutant for mutant in mutants}
        names = {mutant["file"] for mutant in mutants}
        grouped = {name: [mutant for mutant in mutants if mutant["file"] == name] for name in names}
        self.files = {name: File(name, (ROOT / name).read_text(), some) for name, some in grouped.items()}
        # The form that each mutant is tried in; those that are left out of it have none that compiles.
        self.level = {number: 0 for file in self.files.values() for number in file.mutants}
        self.fixed = set()
        self.read_levels()

    def levels_file(self):
        return HOME / "forms.json"

    def key(self, number):
        mutant = self.mutants[number]
        return f"{mutant['name']} {hashlib.sha256((ROOT / mutant['file']).read_bytes()).hexdigest()[:12]}"

    def read_levels(self):
        """What was found out in earlier builds saves the rounds to find it out."""
        if self.levels_file().exists():
            known = json.loads(self.levels_file().read_text())
            for number in self.level:
                self.level[number] = known.get(self.key(number), 0)

    def save_levels(self):
        known = json.loads(self.levels_file().read_text()) if self.levels_file().exists() else {}
        known.update({self.key(number): level for number, level in self.level.items() if level})
        self.levels_file().write_text(json.dumps(known, indent=0))

    def render(self):
        changed = {name: file.render(self.level).encode() for name, file in self.files.items()}
        lib = changed.get("src/lib.rs") or (ROOT / "src/lib.rs").read_bytes()
        changed["src/lib.rs"] = lib + b"\nmod mutant;\n"
        # As a version of its own, or cargo would take its builds for the package's, and test the copy from then on.
        manifest = (ROOT / "Cargo.toml").read_text()
        changed["Cargo.toml"] = re.sub(r'^version = "([^"]*)"', r'version = "\1+mutants"', manifest, count=1, flags=re.MULTILINE).encode()
        changed["src/mutant.rs"] = CHOOSER.replace("COUNT", str(max(self.mutants) + 1)).encode()
        copy(changed)
        self.changed = changed

    def compile(self):
        """The test binaries by name; a mutant that the compiler refuses falls back to its next form, or out."""
        while True:
            self.render()
            _, errors = self.cargo("check", "--lib")
            if not errors:
                binaries, errors = self.cargo("test", "--no-run", *SETTINGS["additional_cargo_args"])
            if not errors:
                self.save_levels()
                return binaries
            self.fall_back(errors)
            self.save_levels()

    def fall_back(self, errors):
        refused = set()
        others = [error for error in errors if "non-const" not in error["message"] or "`mutant::is`" in error["message"]]
        for name, file in self.files.items():
            for number in blamed(self.changed[name], others, name):
                if isinstance(number, tuple):
                    refused |= self.together(file, number[1])
                else:
                    refused.add(number)
            refused |= self.held_constant(file, errors)
        if not refused:
            raise SystemExit("The copy does not compile:\n" + "\n".join(error["rendered"] for error in errors[:5]))
        print(f"    {len(refused)} mutants refused in this form", flush=True)
        for number in refused:
            self.level[number] += 1

    def together(self, file, number):
        """All that stand in the same form as this one."""
        form = lambda other: dict(enumerate(file.mutants[other][2])).get(self.level[other])
        return {other for other in file.mutants if form(other) == form(number)}

    def held_constant(self, file, errors):
        """The mutants of functions that have to be `const`."""
        named = [error["message"].split("`")[1] for error in errors if "non-const" in error["message"]]
        last = {re.search(r"(\w+)(::<[^<>]*>)?$", name)[1] for name in named}
        found = set()
        for number, (_, function) in file.constant.items():
            if function.rsplit("::", 1)[-1] in last and self.level[number] < HELD:
                self.level[number] = HELD
                found.add(number)
        return found

    def cargo(self, *arguments):
        chosen = ["--package", SETTINGS["test_package"][0], "--features", ",".join(SETTINGS["features"])]
        command = ["cargo", *arguments, *chosen, "--profile", self.profile, "--message-format", "json", "--quiet"]
        # What other tests need of the same profile is built already.
        environment = dict(os.environ, CARGO_TARGET_DIR=str(ROOT / "target"))
        run = subprocess.run(command, cwd=TREE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        messages = [json.loads(line) for line in run.stdout.splitlines() if line.startswith(b"{")]
        binaries = {
            message["target"]["name"].replace("tower-webhook", "lib").replace("tower_webhook", "lib"): message["executable"]
            for message in messages
            if message["reason"] == "compiler-artifact" and message["executable"] and message["profile"]["test"]
        }
        found = [message["message"] for message in messages if message["reason"] == "compiler-message"]
        errors = [message for message in found if message["level"] == "error" and message["spans"]]
        if run.returncode and not errors:
            raise SystemExit(run.stderr.decode())
        return binaries, errors if run.returncode else []

    def viable(self):
        every = [(file, number) for file in self.files.values() for number in file.mutants]
        return {number for file, number in every if self.level[number] < len(file.mutants[number][2])}

    def apart(self):
        """Those that compile alone, as far as is known, but not beside the original: the types that a function returns without
        a name differ, or what is worked out by the compiler can't ask for the choice."""
        hidden = {number for number, mutant in self.mutants.items() if "impl " in (mutant["function"] or {}).get("return_type", "impl ")}
        constant = {number for number, level in self.level.items() if level >= HELD}
        return (hidden | constant) - self.viable()
