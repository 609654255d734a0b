/**
 * Where an error without frames was thrown: one that the system made and handed to a callback, `[Error: ENOENT …]`. V8 knows; here the
 * program's texts are searched for the callback that throws what it is handed first. Two that might have are none.
 */
import type { NodeRealm } from '../realm.ts';
import { sourcesOf, type ScriptSource } from '../modules/sources.ts';
import { eachChild, isFunction, type Node } from '../modules/syntax.ts';
import { Outline, propertyOf } from './outline.ts';
import { programOf } from './program-of.ts';

interface Throw {
  readonly node: Node;
  /** What the callback was handed to, if it was written there. */
  readonly call: Node | undefined;
}

export interface ThrowPlace {
  readonly name: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly text: string;
}

/** Functions of `fs`, `net` and the like by the system calls that their errors name, where the names differ. */
const functionsOf: Readonly<Record<string, readonly string[]>> = {
  open: ['readFile', 'writeFile', 'appendFile', 'truncate', 'openAsBlob'],
  read: ['readFile'],
  scandir: ['readdir'],
  lstat: ['rm', 'cp', 'realpath'],
  stat: ['exists', 'watchFile', 'cp'],
  copyfile: ['copyFile'],
  utime: ['utimes'],
  lutime: ['lutimes'],
  getaddrinfo: ['lookup', 'connect', 'get', 'request'],
  connect: ['createConnection', 'get', 'request'],
  getHostByAddr: ['reverse'],
  queryA: ['resolve4'],
  queryAaaa: ['resolve6'],
};

/** What says that a text may throw a name. */
const throwsName = /\bthrow\s+[\w$]+\s*(?:[;}\n\r]|$)/;

export function throwOf(realm: NodeRealm, error: { readonly syscall?: unknown }): ThrowPlace | undefined {
  const found: { readonly name: string; readonly script: ScriptSource; readonly program: Node; readonly one: Throw }[] = [];
  const sources = sourcesOf(realm);
  for (const [name, script] of sources.entries()) {
    // What turned out to be a module was compiled as a script before.
    if (!/^(?:\/|file:|\[)/.test(name) || sources.get(`file://${name}`) !== undefined || !throwsName.test(script.text)) continue;
    const program = programOf(realm, script.text);
    if (program !== undefined) for (const one of throwsIn(program)) found.push({ name, script, program, one });
  }
  const own = found.filter(({ name }) => !name.includes('/node_modules/'));
  const among = own.length > 0 ? own : found;
  const named = among.filter(({ one }) => isOf(error.syscall, one.call));
  const chosen = named.length > 0 ? named : among.length === 1 ? among : among.filter(({ one }) => listensToErrors(one.call));
  if (chosen.length !== 1) return undefined;
  const { name, script, program, one } = chosen[0]!;
  const outline = new Outline(script.text, program);
  const line = outline.line(one.node.start);
  const text = script.text.split(/\r\n|[\n\r\u2028\u2029]/, line)[line - 1] ?? '';
  return { name, line: line + script.lineOffset, column: outline.column(line, one.node.start), text };
}

/** The statements that throw the first parameter of a function around them. */
function throwsIn(program: Node): Throw[] {
  const found: Throw[] = [];
  const walk = (node: Node, handed: ReadonlyMap<string, Node | undefined>, call: Node | undefined): void => {
    let known = handed;
    if (isFunction(node)) {
      const [first] = node['params'] as readonly Node[];
      if (first?.type === 'Identifier') known = new Map(handed).set(first['name'] as string, call);
    } else if (node.type === 'CatchClause' && node['param']?.type === 'Identifier') {
      known = new Map(handed);
      (known as Map<string, unknown>).delete(node['param'].name as string);
    }
    if (node.type === 'ThrowStatement' && node['argument'].type === 'Identifier' && known.has(node['argument'].name as string)) {
      found.push({ node, call: known.get(node['argument'].name as string) });
    }
    eachChild(node, (child) => {
      const isHanded = node.type === 'CallExpression' && child !== node['callee'];
      walk(child, known, isHanded ? node : undefined);
    });
  };
  walk(program, new Map(), undefined);
  return found;
}

function nameOfCall(call: Node | undefined): string | undefined {
  const callee = call?.['callee'] as Node | undefined;
  return callee?.type === 'Identifier' ? (callee['name'] as string) : callee && propertyOf(callee);
}

function isOf(syscall: unknown, call: Node | undefined): boolean {
  const name = nameOfCall(call);
  if (typeof syscall !== 'string' || name === undefined) return false;
  return name === syscall || functionsOf[syscall]?.includes(name) === true || (syscall.startsWith('query') && isQuery(syscall, name));
}

/** `dns.resolve()`, and `resolveMx()` where `queryMx` failed. */
const isQuery = (syscall: string, name: string): boolean => name === 'resolve' || name === `resolve${syscall.slice('query'.length)}`;

function listensToErrors(call: Node | undefined): boolean {
  const event = call?.['arguments'][0] as Node | undefined;
  return /^(?:on|once|addListener)$/.test(nameOfCall(call) ?? '') && event?.['value'] === 'error';
}
