"""Tries mutants: each by the tests that reach it, until one fails."""

import collections
import json
import os
import re
import signal
import subprocess
import threading
import time

from build import HOME, SETTINGS, TREE

# Of one test binary at work on one mutant; the slowest is given what it took without one, several times over.
PATIENCE = 10

RESULT = re.compile(rb"^test (\S+)(?: - should panic)? \.\.\. (\w+)", re.MULTILINE)


class Trial:
    def __init__(self, binaries):
        self.binaries = binaries
        self.seconds = {}
        self.names = {}
        self.reached = collections.defaultdict(lambda: collections.defaultdict(set))
        self.killers = collections.defaultdict(list)

    def baseline(self, state):
        """All tests without a mutant: they have to pass, and tell which mutants each of them reaches."""
        kept = HOME / "baseline.json"
        known = json.loads(kept.read_text()) if kept.exists() else {}
        if known.get("state") != state:
            known = {"state": state, "seconds": {}, "reached": {}}
            for name in self.binaries:
                known["seconds"][name], known["reached"][name] = self.measure(name)
            kept.write_text(json.dumps(known))
        self.seconds = known["seconds"]
        self.order = sorted(self.binaries, key=lambda name: self.seconds[name])
        for name, notes in known["reached"].items():
            for number, thread in notes:
                self.reached[number][name].add(thread)

    def measure(self, name):
        notes = HOME / f"reached-{os.getpid()}.txt"
        notes.write_text("")
        began = time.monotonic()
        failed, output = self.run(name, [], {"MUTANTS_REACHED": str(notes)}, 300)
        if failed:
            raise SystemExit(f"{name} fails without any mutant: {failed}\n{output.decode()}")
        pairs = [line.split(" ", 1) for line in notes.read_text().splitlines()]
        notes.unlink()
        return time.monotonic() - began, [(int(number), thread) for number, thread in pairs]

    def judge(self, number, room):
        """The test that finds the mutant out, or `None`."""
        reached = self.reached.get(number, {})
        for name, test in self.killers[room][-4:][::-1]:
            if test in reached.get(name, ()):
                if failed := self.attempt(name, [test], number):
                    return self.found(room, name, failed)
        for name in self.order:
            threads = reached.get(name, set())
            tests = self.tests(name)
            known = sorted(threads & tests)
            # What another thread than a test's own has reached may belong to any of them.
            for chosen in [known, []] if threads - tests else [known]:
                if (chosen or threads - tests) and (failed := self.attempt(name, chosen, number)):
                    return self.found(room, name, failed)
        return None

    def found(self, room, name, test):
        if (name, test) in self.killers[room]:
            self.killers[room].remove((name, test))
        self.killers[room].append((name, test))
        return f"{name}::{test}"

    def attempt(self, name, tests, number):
        limit = PATIENCE + 5 * self.seconds[name]
        failed, _ = self.run(name, tests, {"MUTANT": str(number)}, limit)
        return failed

    def tests(self, name):
        """The names of a binary's tests, which are those of the threads that they run on."""
        if name not in self.names:
            listed = subprocess.run([self.binaries[name], "--list"], cwd=TREE, stdout=subprocess.PIPE, check=True)
            lines = listed.stdout.decode().splitlines()
            self.names[name] = {line.removesuffix(": test") for line in lines if line.endswith(": test")}
        return self.names[name]

    def run(self, name, tests, settings, limit):
        """The first test that fails, if any does, and the output. One that never ends has failed too."""
        command = [self.binaries[name], *tests, *(["--exact"] if tests else [])]
        # Some of which a test reads, as cargo sets it.
        package = dict(CARGO_PKG_NAME=SETTINGS["test_package"][0], CARGO_MANIFEST_DIR=str(TREE))
        environment = dict(os.environ, RUST_BACKTRACE="0", **package, **settings)
        process = subprocess.Popen(
            command, cwd=TREE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        late = []
        timer = threading.Timer(limit, lambda: (late.append(True), stop(process)))
        timer.start()
        output, failed = b"", None
        try:
            for line in process.stdout:
                output += line
                if (found := RESULT.match(line)) and found[2] == b"FAILED":
                    failed = found[1].decode()
                    break
            else:
                if process.wait() and not failed:
                    failed = "(does not end)" if late else "(ends badly)"
        finally:
            timer.cancel()
            stop(process)
            process.wait()
        return failed, output


def stop(process):
    """Ends the test binary and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
