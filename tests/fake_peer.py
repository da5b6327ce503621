"""fake_peer - a client or server program that keeps the contract of
CONTRIBUTING.md as far as the runner sees it, or breaks it in one named way.

    python3 fake_peer.py client|server BEHAVIOUR [the runner's own options]
"""

import os
import signal
import socket
import sys
import threading

FLOOD = 8 << 20


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def client(behaviour: str) -> None:
    for line in sys.stdin:
        if behaviour == "dies":
            print("client: out of luck", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        if behaviour == "silent":
            signal.pause()
        if behaviour == "endless":
            for _ in range(FLOOD // 64):
                say("C> smtp\n" + '  "' + "x" * 50 + '"\n')
        host, _, port = line.strip().rpartition(":")
        for number in (1, 2) if behaviour == "twice" else (1,):
            with socket.create_connection((host, int(port))) as wire:
                local = "%s:%d" % wire.getsockname()
                wire.recv(100)
            if behaviour != "hides":
                say(f"connection: {number}\n= connection.local {local}\n")
            if behaviour == "half":
                say("= exi")
                os._exit(3)
        say("= exit signal 11\n" if behaviour == "crashes" else "= exit 0\n")
        if behaviour == "once":
            sys.exit(0)


def server(behaviour: str) -> None:
    if behaviour == "refuses":
        print("server: this cannot be done", file=sys.stderr)
        sys.exit(89)
    if behaviour == "never-listens":
        signal.pause()
    if behaviour == "babbles":
        say("good morning\n")
        signal.pause()
    listener = socket.create_server(("127.0.0.1", 0))
    say("= listen 127.0.0.1:%d\n" % listener.getsockname()[1])
    while True:
        wire, (host, port) = listener.accept()
        with wire:
            wire.sendall(b"220 hello\r\n")
            wire.recv(100)
        if behaviour == "keeps-silent":
            continue
        say(f"connection: 1\n= connection.remote {host}:{port}\n= exit 0\n")
        if behaviour == "dies-after":
            sys.exit(0)


def tied() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "client":
        client(sys.argv[2])
    else:
        threading.Thread(target=tied, daemon=True).start()
        server(sys.argv[2])
