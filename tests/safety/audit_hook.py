"""Loaded by every interpreter of an audited environment at its start: writes down what could do harm.

One line of JSON an event: what, and its arguments as text. The first event of each interpreter is ``loaded``.
"""

import json
import os
import sys

LOG = os.open(os.environ["AUDIT_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
WATCHED = os.environ["AUDIT_WATCHED"]
"""The folder from which no code may come."""
ALWAYS = ("os.", "shutil.", "subprocess.", "socket.connect", "socket.bind", "socket.sendto", "ctypes.dlopen", "pty.")
READING = frozenset(("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv", "os.unsetenv", "os.chdir",
                     "os.add_dll_directory"))  # fmt: skip
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def record(event, arguments):
    """Write down an event that counts."""
    if event == "open":
        path, _, flags = arguments
        if not (isinstance(flags, int) and flags & WRITES) or isinstance(path, int):
            return
        text = [os.fsdecode(path)]
    elif event == "exec":
        if not arguments[0].co_filename.startswith(WATCHED):
            return
        text = [arguments[0].co_filename]
    elif event == "import":
        text = [str(arguments[1])]
        if not text[0].startswith(WATCHED):
            return
    elif event.startswith(ALWAYS) and event not in READING:
        text = [_text(each) for each in arguments]
    else:
        return
    os.write(LOG, f"{json.dumps([event, text])}\n".encode())


def _text(value):
    if isinstance(value, (list, tuple)):
        return " ".join(_text(each) for each in value)
    return os.fsdecode(value) if isinstance(value, (bytes, os.PathLike)) else str(value)


sys.addaudithook(record)
os.write(LOG, f"{json.dumps(['loaded', ['isolated' if sys.flags.isolated else 'plain']])}\n".encode())
