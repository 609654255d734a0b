/** What the program in QuickJS may call in its host, and the host in the program: numbers on the boundary, names here. */

/** File calls that cross as they are: plain data in, plain data out. */
export const fileOperations = [
  'open',
  'close',
  'stat',
  'lstat',
  'fstat',
  'access',
  'readdir',
  'mkdir',
  'mkdtemp',
  'rmdir',
  'unlink',
  'rename',
  'link',
  'symlink',
  'readlink',
  'realpath',
  'chmod',
  'fchmod',
  'chown',
  'lchown',
  'fchown',
  'utimes',
  'lutimes',
  'futimes',
  'truncate',
  'ftruncate',
  'copyFile',
  'statfs',
  'cwd',
  'chdir',
  'umask',
  'mount',
  'unmount',
  'mounted',
  'bindSocket',
  'typeOf',
] as const;

export const descriptorOperations = ['info', 'list', 'adopt', 'duplicate', 'transfer'] as const;

/** Calls of the host's llhttp, with the number of a parser. */
export const parserOperations = ['execute', 'finish', 'pause', 'resume', 'free'] as const;

/** As those, of a llhttp that gives its callbacks as they are. */
export const rawParserOperations = ['execute', 'finish', 'resume', 'errorPosition', 'errorReason', 'free'] as const;

export const operations = [
  'connect',
  'evaluate',
  'now',
  'postTask',
  'setTimer',
  'clearTimer',
  'encodeUtf8',
  'decodeUtf8',
  'decoder',
  'decode',
  'parseUrl',
  'changeUrl',
  'domainToAscii',
  'randomFill',
  'memory',
  'source',
  'readFile',
  'read',
  'write',
  'watch',
  'unwatch',
  'call',
  'cancel',
  'notify',
  'exit',
  'onSignal',
  'listening',
  'learn',
  'onMessage',
  'offMessage',
  'createParser',
  'allocParser',
  'intl',
  'spawnSync',
  'promiseState',
  'promiseResult',
  'sleep',
  ...fileOperations.map((name) => `files.${name}` as const),
  ...descriptorOperations.map((name) => `descriptors.${name}` as const),
  ...parserOperations.map((name) => `parser.${name}` as const),
  ...rawParserOperations.map((name) => `rawParser.${name}` as const),
] as const;
export type OperationName = (typeof operations)[number];

/** The number of an operation. */
export const operation = Object.fromEntries(operations.map((name, index) => [name, index])) as Readonly<Record<OperationName, number>>;

/** What the host tells the program, as the first argument of the function it connected with. */
export const entry = {
  /** Runs and forgets the callback of a number. */
  task: 0,
  /** `start`: runs the process. */
  run: 1,
  /** The outcome of a call: its number, error data or null, the result. Forgets the callback. */
  outcome: 2,
  /** Calls the callback of a number with the rest, and keeps it. Returns what it returns. */
  event: 3,
  /** A rejection: `unhandled` or `handled`, the promise, the reason. */
  rejection: 4,
  /** Makes an error of the program's world from error data and returns it. */
  error: 5,
  /** Boots the library: its `meta` as JSON text. */
  boot: 6,
} as const;
