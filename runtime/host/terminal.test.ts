import { assert } from 'chai';
import { bootContainer, endContainers, Typist, hangMs, within } from '../testing/page-container.ts';
import type { Container } from '../index.ts';

/** What the line editor writes when it begins a line. */
const prompt = new RegExp('\\[\\?2004h *\r.\\[J@> ');

/** The job's process group owns the terminal, so that a key reaches it. */
async function running(container: Container, command: string): Promise<void> {
  for (;;) {
    const rows = await container.ps();
    if (rows.some((row) => row.command.startsWith(command) && row.state === 'running')) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('An interactive shell on a terminal', function () {
  this.timeout(120_000);
  let container: Container;
  let person: Typist;

  before(async () => {
    container = await bootContainer({ files: { 'a.txt': 'apple\n', 'long-name.txt': 'long\n' }, env: { PS1: '@> ' } });
  });
  after(() => endContainers());

  beforeEach(async () => {
    person = new Typist(await container.spawn('sh', ['-i']));
    await person.until(prompt);
  });
  afterEach(async () => {
    person.process.kill('SIGKILL');
    await person.process.exit;
    await container.exec('rm -f /home/user/.sh_history');
  });

  const line = async (text: string): Promise<string> => {
    await person.type(`${text}\r`);
    await person.until('\n');
    return person.until(prompt);
  };

  it('runs commands and shows what they print', async () => {
    assert.include(await line('echo $((6*7))'), '42\r\n');
    assert.include(await line('cat a.txt | tr a-z A-Z'), 'APPLE\r\n');
  });

  it('Ctrl-C ends sleep and gives the prompt back, with 130', async () => {
    await person.type('sleep 100\r');
    await running(container, 'sleep');
    await person.type('\x03');
    assert.include(await person.until(prompt), '^C');
    assert.include(await line('echo $?'), '130\r\n');
  });

  it('Ctrl-C ends what is about to start', async () => {
    assert.notInclude(await line('X=$(kill -INT $$) sleep 100; echo never'), 'never');
    assert.include(await line('echo $?'), '130\r\n');
    for (const command of ['sleep 100', 'sleep 100 | cat', 'cat | sleep 100 | sleep 100', '(sleep 100; sleep 100)']) {
      for (let delay = 0; delay < 12; delay += 1) {
        await person.type(`${command}\r`);
        await person.until('\n');
        for (let turn = 0; turn < delay; turn += 1) await new Promise((resolve) => setTimeout(resolve));
        await person.type('\x03');
        await person.until(prompt);
      }
    }
    assert.notInclude(await line('jobs; ps'), 'sleep');
  });

  it('Ctrl-C ends a subshell, as the process that it is elsewhere', async () => {
    await person.type('(sleep 100; echo nev""er); echo nev""er\r');
    await running(container, 'sleep');
    await person.type('\x03');
    assert.notInclude(await person.until(prompt), 'never');
    await person.type('(while :; do sleep 0.01; done) | cat\r');
    await running(container, 'sleep');
    await person.type('\x03');
    await person.until(prompt);
    await person.type('(while :; do :; done)\r');
    await person.until('\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await person.type('\x03');
    await person.until(prompt);
    assert.include(await line('(sh -c "exit 3"; echo $?); (sleep 0 | true) && echo on'), '3\r\non\r\n');
    assert.include(await line('sleep 0.2 | cat > piped & kill -INT $; wait; ls piped'), 'piped');
  });

  it('Ctrl-C runs the trap of a subshell, and what a trap has set ends with it', async () => {
    const interrupted = async (text: string, ready: () => Promise<unknown>): Promise<string> => {
      await person.type(`${text}\r`);
      await person.until('\n');
      await ready();
      await person.type('\x03');
      return person.until(prompt);
    };
    const sleeping = () => running(container, 'sleep');
    const looping = () => person.until('loop');
    assert.include(
      await interrupted('(trap \'echo caug""ht\' INT; sleep 100; echo on); echo after', sleeping),
      'caught\r\non\r\nafter\r\n',
    );
    assert.include(
      await interrupted("(trap 'echo caught; exit 4' INT; echo loop; while :; do :; done); echo $?", looping),
      'caught\r\n4\r\n',
    );
    assert.include(await interrupted("(trap '' INT; sleep 0.5; echo on); echo $?", sleeping), 'on\r\n0\r\n');
    await line("(trap '' INT TERM)");
    assert.notInclude(await interrupted('sleep 100; echo never', sleeping), 'never');
    await line("trap 'echo trapped' INT TERM; trap - INT TERM");
    await person.type('\x03');
    await person.until(prompt);
    assert.include(await line('kill $$; echo alive'), 'alive\r\n');
  });

  it('Ctrl-C ends an endless loop of the shell itself', async () => {
    await person.type('while :; do :; done\r');
    await person.until('\n');
    await person.type('\x03');
    await person.until(prompt);
    assert.include(await line('echo $?'), '130\r\n');
  });

  it('Ctrl-C ends an endless loop of a program', async () => {
    await person.type('node -e "console.log(1+1);for(;;);"\r');
    await person.until('2\r\n');
    await person.type('\x03');
    await person.until(prompt);
  });

  it('Ctrl-C at the prompt drops the line', async () => {
    await person.type('echo never');
    await person.until('never');
    await person.type('\x03');
    assert.include(await person.until(prompt), '^C');
    assert.notInclude(await line('echo yes'), 'never');
  });

  it('Ctrl-Z stops a job; jobs, fg and bg know it', async () => {
    await person.type('sleep 100\r');
    await running(container, 'sleep');
    await person.type('\x1a');
    assert.match(await person.until(prompt), /\[1\]\+\s+Stopped\s+sleep 100/);
    assert.match(await line('jobs'), /\[1\]\+\s+Stopped\s+sleep 100/);
    assert.match(await line('bg'), /\[1\]\+ sleep 100 &/);
    assert.match(await line('jobs'), /\[1\]\+\s+Running\s+sleep 100 &/);
    await person.type('fg\r');
    await person.until('sleep 100\r\n');
    await person.type('\x03');
    await person.until(prompt);
    assert.notInclude(await line('jobs'), 'sleep');
  });

  it('Ctrl-Z and fg lose no typing of a program that reads', async () => {
    await person.type('cat\r');
    await running(container, 'cat');
    await person.type('one\r');
    await person.until('one\r\none\r\n');
    await person.type('\x1a');
    await person.until(prompt);
    await person.type('fg\r');
    await person.until('cat\r\n');
    await person.type('two\r');
    await person.until('two\r\ntwo\r\n');
    await person.type('\x04');
    await person.until(prompt);
  });

  it('runs jobs in the background, tells of their end, and waits for them', async () => {
    await person.type('(sleep 0.2; echo from-behind) & jobs; wait; echo waited\r');
    const text = await person.until('\nwaited\r\n');
    assert.match(text, /\[1\] \d+\r\n/);
    assert.match(text, /\[1\]\+\s+Running/);
    assert.match(text, /from-behind\r\n[^]*waited/);
    await person.until(prompt);
  });

  it('says when a background job has ended', async () => {
    await line('sleep 0.05 &');
    await within(
      hangMs,
      () => person.seen,
      (async () => {
        while ((await container.ps()).some(({ command }) => command.startsWith('sleep'))) continue;
      })(),
    );
    assert.match(await line(''), /\[1\]\+\s+Done\s+sleep 0.05/);
  });

  it('reads a line of the terminal at a time in a program, until Ctrl-D', async () => {
    await person.type('cat\r');
    await running(container, 'cat');
    await person.type('helo\x7flo\r');
    await person.until('hello\r\n');
    await person.type('\x04');
    await person.until(prompt);
    assert.include(await line('echo $?'), '0\r\n');
  });

  it('gives what was typed ahead to the program that runs', async () => {
    await person.type('read first; cat\rfor read\rfor cat\r');
    await person.until('for cat\r\n');
    await running(container, 'cat');
    await person.type('\x04');
    await person.until(prompt);
    assert.include(await line('echo "<$first>"'), '<for read>\r\n');
  });

  it('keeps a history for the arrow keys', async () => {
    await line('echo first');
    await line('echo second');
    await person.type('\x1b[A\x1b[A\r');
    await person.until('\n');
    assert.include(await person.until(prompt), 'first\r\n');
    await person.type('\x1b[A\x1b[A\x1b[B\x1b[B!\x7f');
    await person.type('\x03');
    await person.until(prompt);
  });

  it('edits in the middle of a line', async () => {
    await person.type('ech ok\x1b[D\x1b[D\x1b[Do\r');
    await person.until('\n');
    assert.include(await person.until(prompt), 'ok\r\n');
    await person.type('xx yy\x15echo \x01\x05cleared\r');
    await person.until('\n');
    assert.include(await person.until(prompt), 'cleared\r\n');
  });

  it('completes file names and commands with Tab', async () => {
    await person.type('cat lo\t');
    await person.until('long-name.txt');
    await person.type('\r');
    await person.until('\n');
    assert.include(await person.until(prompt), 'long\r\n');
    await person.type('whoa\t\r');
    await person.until('\n');
    assert.include(await person.until(prompt), 'user\r\n');
  });

  it('knows the size of the terminal, and that it changed', async () => {
    person.process.resize({ cols: 100, rows: 30 });
    assert.include(await line('node -p "process.stdout.columns + \'x\' + process.stdout.rows"'), '100x30\r\n');
    await person.type(
      "node -e \"process.stdout.on('resize', () => { console.log(process.stdout.columns); process.exit() }); console.log('ready'); setInterval(() => {}, 1000)\"\r",
    );
    await person.until('ready\r\n');
    person.process.resize({ cols: 64, rows: 20 });
    await person.until('64\r\n');
    await person.until(prompt);
  });

  it('runs a shell in the shell, and comes back with exit and with Ctrl-D', async () => {
    await line('sh');
    assert.include(await line('echo $SHLVL'), '2\r\n');
    await person.type('sleep 100\r');
    await running(container, 'sleep');
    await person.type('\x03');
    await person.until(prompt);
    await person.type('exit\r');
    await person.until('\n');
    await person.until(prompt);
    assert.include(await line('echo $SHLVL'), '1\r\n');
    await line('sh');
    await person.type('\x04');
    await person.until('exit');
    await person.until(prompt);
    assert.include(await line('echo $SHLVL'), '1\r\n');
  });

  it('exits with Ctrl-D and with exit, which gives the status', async () => {
    await person.type('\x04');
    assert.equal(await person.process.exit, 0);
    person = new Typist(await container.spawn('sh', ['-i']));
    await person.until(prompt);
    await person.type('exit 3\r');
    assert.equal(await person.process.exit, 3);
  });

  it('ignores what is typed after its end', async () => {
    await person.type('exit\r');
    await person.process.exit;
    await person.type('echo nobody\r');
    await person.type('\x03');
  });

  it('ends all that runs on it when it is hung up', async () => {
    await person.type('sleep 100 & sleep 200\r');
    await running(container, 'sleep 200');
    person.process.kill('SIGHUP');
    await person.process.exit;
    await within(
      hangMs,
      () => 'sleep still runs',
      (async () => {
        while ((await container.ps()).some(({ command }) => command.startsWith('sleep 200'))) continue;
      })(),
    );
  });

  it('runs the REPL of Node', async () => {
    await person.type('node\r');
    await person.until('> ');
    await person.type('40+2\r');
    await person.until('42\r\n');
    await person.type('.exit\r');
    await person.until(prompt);
  });

  it('ends the output of a flood with Ctrl-C', async () => {
    await person.type('yes\r');
    await person.until('y\r\ny\r\n');
    await person.type('\x03');
    await person.until(prompt);
    assert.include(await line('echo $?'), '130\r\n');
  });
});
