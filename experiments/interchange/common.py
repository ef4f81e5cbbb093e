"""What the three scripts share: the program, and a kernel of 2 heads, 4 features and 3 sinusoids in NumPy and as JSON."""
import json
import os
import subprocess
import sys
import tempfile

SKIPPED = 77  # exit status of a script whose library is missing


def skip(library, reason):
    print(f"skipped: {library} cannot be imported ({reason})")
    sys.exit(SKIPPED)


def program():
    """rpebench: the first argument, else build/rpebench of this checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..", "build", "rpebench")
    if not os.path.exists(path):
        sys.exit(f"{path}: expected the program; build it, or give its path as the first argument")
    return os.path.abspath(path)


def run(*words, expected=0):
    """rpebench WORDS, its output shown.  0: yes or done, 1: no, 2: bad input."""
    print("$ rpebench " + " ".join(words))
    sys.stdout.flush()
    status = subprocess.run([program(), *words], check=False).returncode
    print()
    if status != expected:
        sys.exit(f"expected exit status {expected}, found {status}")


def workspace():
    """A temporary directory to save arrays in, as the current one; keep what is returned."""
    directory = tempfile.TemporaryDirectory(prefix="rpebench-")
    program()  # a relative path is of where the script was started
    sys.argv[1:] = [program()]
    os.chdir(directory.name)
    return directory


def kernel_write(path, frequency, phase, gain):
    """Nested lists [H][D][K]: cycles per position, radians, lambda."""
    with open(path, "w") as stream:
        json.dump({"type": "sine", "frequency": frequency, "phase": phase, "gain": gain}, stream)
