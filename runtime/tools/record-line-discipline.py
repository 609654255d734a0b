#!/usr/bin/env python3
"""Records what the line discipline of this Linux does, for runtime/kernel/line-discipline.oracle.test.ts.

    python3 runtime/tools/record-line-discipline.py

Each case of the fixture says how the tty is set, what a program writes first and what is typed; the recorder adds what
the screen gets and what the program's reads return, as text in Latin-1.
"""
import json, os, pathlib, pty, select, termios

fixture = pathlib.Path(__file__).parent.parent / 'kernel' / 'fixtures' / 'line-discipline.json'
flags = {'canonical': (3, termios.ICANON), 'echo': (3, termios.ECHO), 'signals': (3, termios.ISIG), 'mapCr': (0, termios.ICRNL), 'mapNl': (1, termios.OPOST | termios.ONLCR)}
IUTF8 = 0o40000


def drain(fd):
    parts = []
    while select.select([fd], [], [], 0.02)[0]:
        try:
            part = os.read(fd, 4096)
        except OSError:
            break
        parts.append(part.decode('latin-1'))
        if not part and len(parts) > 50:
            break
    return parts


def record(case):
    master, slave = pty.openpty()
    attributes = termios.tcgetattr(slave)
    attributes[0] |= IUTF8
    attributes[0] &= ~termios.IXON
    for name, (index, bits) in flags.items():
        if case.get('set', {}).get(name, True):
            attributes[index] |= bits
        else:
            attributes[index] &= ~bits
    # The keys that bavini does not act on.
    for key in (termios.VLNEXT, termios.VREPRINT, termios.VDISCARD):
        attributes[6][key] = b'\0'
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    os.write(slave, case.get('writes', '').encode('latin-1'))
    screen = drain(master)
    for byte in case['typed'].encode('latin-1'):
        # One key at a time: a signal key drops what the screen has not shown yet.
        os.write(master, bytes([byte]))
        screen += drain(master)
    case['screen'] = ''.join(screen)
    os.set_blocking(slave, False)
    reads = []
    while True:
        try:
            reads.append(os.read(slave, 4096).decode('latin-1'))
        except BlockingIOError:
            break
    case['reads'] = reads
    os.close(slave)
    os.close(master)
    return case


cases = [record(case) for case in json.loads(fixture.read_text())]
fixture.write_text('[\n' + ',\n'.join('  ' + json.dumps(case) for case in cases) + '\n]\n')
