/** `read` and `mapfile`. */
import { PosixError } from '../../../base/errors.ts';
import { errorText } from '../../../process/strerror.ts';
import { decodeText } from '../../../process/text.ts';
import type { Shell } from '../shell.ts';
import { assignScalar } from '../variables/assignments.ts';

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

export async function read(shell: Shell, argv: readonly string[]): Promise<number> {
  let raw = false;
  let delimiter = '\n';
  let count = Infinity;
  let exact = false;
  let array: string | undefined;
  let prompt = '';
  let fd = 0;
  let timeout: number | undefined;
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (option === '--') {
      at++;
      break;
    }
    if (!/^-./.test(option)) break;
    for (let i = 1; i < option.length; i++) {
      const letter = option[i] as string;
      if ('res'.includes(letter)) {
        if (letter === 'r') raw = true;
        continue;
      }
      if (!'dnNaputi'.includes(letter)) {
        await shell.complain(`read: -${letter}: invalid option`);
        await shell.write(
          2,
          'read: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]\n',
        );
        return 2;
      }
      const value = option.slice(i + 1) || (argv[++at] ?? '');
      if (letter === 'd') delimiter = value === '' ? '\0' : (value[0] as string);
      else if (letter === 'n' || letter === 'N') {
        count = Number(value);
        exact = letter === 'N';
      } else if (letter === 'a') array = value;
      else if (letter === 'p') prompt = value;
      else if (letter === 'u') fd = Number(value);
      else if (letter === 't') timeout = Number(value) * 1000;
      break;
    }
  }
  const names = argv.slice(at);
  const file = shell.fds.get(fd);
  if (file?.fd === undefined) {
    await shell.complain(`read: ${fd}: invalid file descriptor: Bad file descriptor`);
    return 1;
  }
  const { calls } = shell.context;
  if (prompt !== '' && calls.isTty(file.fd)) await shell.write(2, prompt);
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  shell.interrupt.signal.addEventListener('abort', onInterrupt);
  const timer = timeout === undefined ? undefined : setTimeout(onInterrupt, timeout);
  const bytes: number[] = [];
  const protectedAt = new Set<number>();
  let ended = false;
  try {
    let escaped = false;
    let characters = 0;
    const isFile = calls.handleOf(file.fd) === undefined;
    outer: for (;;) {
      let chunk = file.held;
      file.held = new Uint8Array(0);
      if (chunk.length === 0) chunk = await calls.readFd(file.fd, isFile ? 1 : 65536, cancel.signal);
      if (chunk.length === 0) {
        ended = true;
        break;
      }
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i] as number;
        const stop = () => {
          file.held = chunk.slice(i + 1);
        };
        if (escaped) {
          escaped = false;
          if (byte === 10) continue;
          protectedAt.add(bytes.length);
          bytes.push(byte);
        } else if (byte === 92 && !raw) {
          escaped = true;
          continue;
        } else if (!exact && byte === delimiter.charCodeAt(0)) {
          stop();
          break outer;
        } else if (byte === 0) continue;
        else bytes.push(byte);
        if ((byte & 0xc0) !== 0x80) characters++;
        if (characters >= count) {
          stop();
          break outer;
        }
      }
    }
  } catch (error) {
    if (!(error instanceof PosixError) && !(error instanceof DOMException) && !cancel.signal.aborted) throw error;
    if (!cancel.signal.aborted) {
      await shell.complain(`read: read error: ${fd}: ${errorText(error)}`);
      return 1;
    }
    return timeout === undefined ? 130 : 142;
  } finally {
    clearTimeout(timer);
    shell.interrupt.signal.removeEventListener('abort', onInterrupt);
  }
  // A protected character is marked, so that it neither separates nor is trimmed.
  const text = decodeText(Uint8Array.from(bytes));
  const separators = shell.variables.get('IFS') ?? ' \t\n';
  const safe = protectedAt.size === 0 ? undefined : protectedAt;
  if (array !== undefined) {
    const fields = splitFields(text, separators, Infinity, safe);
    shell.variables.declare(shell.variables.resolve(array)).value = undefined;
    shell.variables.declare(shell.variables.resolve(array)).array = new Map(fields.map((field, i) => [i, field]));
  } else if (names.length === 0) shell.variables.set('REPLY', text);
  else if (exact) names.forEach((name, i) => assignScalar(shell, name, i === 0 ? text : ''));
  else {
    const fields = splitFields(text, separators, names.length, safe);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name);
      if (element !== null) shell.expander.setElement(element[1] as string, element[2] as string, fields[i] ?? '');
      else if (!identifier.test(name)) {
        await shell.complain(`read: \`${name}': not a valid identifier`);
        return 1;
      } else assignScalar(shell, name, fields[i] ?? '');
    }
  }
  return ended ? 1 : 0;
}

/** At most `limit` fields; the last takes the rest. */
function splitFields(text: string, separators: string, limit: number, safe: ReadonlySet<number> | undefined): string[] {
  const blank = (c: string, i: number) => separators.includes(c) && /[ \t\n]/.test(c) && !safe?.has(i);
  const separator = (c: string, i: number) => separators.includes(c) && !safe?.has(i);
  const fields: string[] = [];
  let i = 0;
  let end = text.length;
  while (i < end && blank(text[i] as string, i)) i++;
  while (end > i && blank(text[end - 1] as string, end - 1)) end--;
  while (i < end) {
    if (fields.length === limit - 1) {
      let rest = text.slice(i, end);
      // One trailing separator that is not blank goes too, if it ends the only field.
      if (rest.length > 0 && separator(rest.at(-1) as string, end - 1) && [...rest.slice(0, -1)].every((c, j) => !separator(c, i + j)))
        rest = rest.slice(0, -1);
      fields.push(rest);
      return fields;
    }
    const start = i;
    while (i < end && !separator(text[i] as string, i)) i++;
    fields.push(text.slice(start, i));
    while (i < end && blank(text[i] as string, i)) i++;
    if (i < end && separator(text[i] as string, i) && !blank(text[i] as string, i)) {
      i++;
      while (i < end && blank(text[i] as string, i)) i++;
    }
  }
  return fields;
}

export async function mapfile(shell: Shell, argv: readonly string[]): Promise<number> {
  let trim = false;
  let name = 'MAPFILE';
  let delimiter = '\n';
  let limit = Infinity;
  for (let i = 1; i < argv.length; i++) {
    const option = argv[i] as string;
    if (option === '-t') trim = true;
    else if (option === '-d') delimiter = argv[++i] || '\0';
    else if (option === '-n') limit = Number(argv[++i]) || Infinity;
    else if (!option.startsWith('-')) name = option;
  }
  const file = shell.fds.need(0);
  const chunks: Uint8Array[] = [file.held];
  file.held = new Uint8Array(0);
  for (;;) {
    const chunk = await shell.context.calls.readFd(file.fd as number);
    if (chunk.length === 0) break;
    chunks.push(chunk);
  }
  const text = chunks.map(decodeText).join('');
  const lines = text.split(delimiter);
  const last = lines.pop() ?? '';
  const values = lines.map((line) => (trim ? line : line + delimiter));
  if (last !== '') values.push(last);
  shell.variables.replace(name, { array: new Map(values.slice(0, limit).map((value, i) => [i, value])) });
  return 0;
}
