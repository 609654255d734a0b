#!/usr/bin/env python3
"""Records what real Node shows on a terminal, for runtime/programs/node/terminal-sessions.oracle.test.ts.

    python3 runtime/tools/record-terminal-sessions.py NODE [TEXT]

Each session of the fixture says what is run and, step by step, what is typed once the screen shows what the step before
waits for; the recorder adds all that the screen got. NODE is the binary of the release that is compared with. With TEXT,
only sessions whose names contain it are recorded anew.
"""
import fcntl, json, os, pathlib, pty, re, select, struct, sys, tempfile, termios

fixture = pathlib.Path(__file__).parent.parent / 'programs' / 'node' / 'fixtures' / 'terminal-sessions.json'
node = os.path.abspath(sys.argv[1])
chosen = sys.argv[2] if len(sys.argv) > 2 else ''


def record(session):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in session.get('files', {}).items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        go_read, go_write = os.pipe()
        pid, master = pty.fork()
        if pid == 0:
            os.read(go_read, 1)
            os.chdir(folder)
            environment = {'PATH': '/usr/bin', 'HOME': folder, 'TERM': 'xterm-256color', **session.get('env', {})}
            os.execve(node, ['node', *session['args']], environment)
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
        os.write(go_write, b'x')
        screen = b''

        def read_until(text, start):
            nonlocal screen
            wanted = text.encode()  # Nothing: the end.
            while wanted == b'' or wanted not in screen[start:]:
                if not select.select([master], [], [], 10)[0]:
                    raise SystemExit(f"{session['name']}: {text!r} did not come\n{screen[start:].decode()!r}")
                try:
                    part = os.read(master, 65536)
                except OSError:
                    part = b''
                if part == b'':
                    return False
                screen += part
            return True

        at = 0
        for step in session['steps']:
            if not read_until(step['after'], at):
                raise SystemExit(f"{session['name']}: the program ended before {step['after']!r}\n{screen.decode()}")
            at = screen.index(step['after'].encode(), at) + len(step['after'].encode())
            if 'write' in step:
                name, text = step['write']
                pathlib.Path(folder, name).write_text(text)
            os.write(master, step.get('type', '').encode())
        read_until('', at)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        shown = screen.decode().replace(os.path.realpath(folder), '<folder>').replace(folder, '<folder>')
        session['screen'] = re.sub(r'(?<=\()\d+(\.\d+)?(?=ms\))|(?<=duration_ms )\d+(\.\d+)?', 'N', shown)
        session['code'] = status
        for end in (master, go_read, go_write):
            os.close(end)


sessions = json.loads(fixture.read_text())
for one in sessions:
    if chosen in one['name']:
        record(one)
fixture.write_text(json.dumps(sessions, indent=2, ensure_ascii=False) + '\n')
print(f'recorded {len(sessions)} sessions')
