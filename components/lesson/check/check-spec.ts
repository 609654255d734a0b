/** What a check wants, as its author wrote it in attributes. */
import { lessonStrings as strings } from '../lesson-strings.ts';
import { expressionOf, patternOf, type Pattern } from './matcher.ts';

interface Common {
  /** The author's words for what is wanted; empty for ours. */
  readonly label: string;
  readonly timeoutMs: number;
}

export interface FileCheck extends Common {
  readonly type: 'file';
  readonly path: string;
  readonly absent: boolean;
  readonly contains: Pattern | undefined;
  readonly lacks: Pattern | undefined;
  readonly matches: RegExp | undefined;
  readonly equals: string | undefined;
  /** What the file holds as JSON, and maybe more. */
  readonly json: unknown;
}

export interface CommandCheck extends Common {
  readonly type: 'command';
  readonly run: string;
  readonly input: string | undefined;
  readonly code: number;
  readonly stdout: Pattern | undefined;
  readonly stderr: Pattern | undefined;
}

export interface RequestCheck extends Common {
  readonly type: 'request';
  readonly port: number;
  readonly path: string;
  readonly method: string;
  readonly send: string | undefined;
  readonly sendType: string | undefined;
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: Pattern }[];
  readonly body: Pattern | undefined;
  readonly json: unknown;
}

export interface DomCheck extends Common {
  readonly type: 'dom';
  /** Undefined: of the first preview. */
  readonly port: number | undefined;
  readonly selector: string;
  readonly text: Pattern | undefined;
  readonly count: number | undefined;
  readonly visible: boolean;
  readonly absent: boolean;
  readonly attribute: { readonly name: string; readonly value: Pattern | undefined } | undefined;
  readonly fill: { readonly selector: string; readonly text: string } | undefined;
  readonly click: string | undefined;
}

export interface TestCheck extends Common {
  readonly type: 'test';
  readonly path: string;
}

export interface FunctionCheck extends Common {
  readonly type: 'function';
  readonly name: string;
}

export type CheckSpec = FileCheck | CommandCheck | RequestCheck | DomCheck | TestCheck | FunctionCheck;

/** The attributes that belong to a check rather than to any element. */
export const checkAttributes = [
  ...['type', 'label', 'timeout', 'path', 'absent', 'contains', 'lacks', 'matches', 'equals', 'json', 'run', 'input', 'code', 'stdout'],
  ...['stderr', 'port', 'method', 'send', 'send-type', 'status', 'header', 'body', 'selector', 'text', 'count', 'attribute', 'visible'],
  ...['fill', 'click', 'name'],
] as const;
export type CheckAttribute = (typeof checkAttributes)[number];
export type CheckAttributes = Readonly<Partial<Record<CheckAttribute, string>>>;

/** Programs take longer to start than a file to be read. Seconds. */
const defaultTimeouts: Readonly<Record<CheckSpec['type'], number>> = { file: 5, dom: 5, request: 10, command: 20, test: 30, function: 20 };

/** An author's mistake in a check. */
export class CheckSpecError extends Error {}

function needed(attributes: CheckAttributes, name: CheckAttribute): string {
  const value = attributes[name];
  if (value === undefined || value === '') throw new CheckSpecError(strings.checkNeeds(attributes.type ?? '', name));
  return value;
}

/** `parse` of an attribute, undefined without it. */
function maybe<T>(attributes: CheckAttributes, name: CheckAttribute, parse: (written: string) => T): T | undefined {
  const written = attributes[name];
  if (written === undefined) return undefined;
  try {
    return parse(written);
  } catch (error) {
    throw new CheckSpecError(strings.checkUnreadable(name, (error as Error).message), { cause: error });
  }
}

function number(attributes: CheckAttributes, name: CheckAttribute): number | undefined {
  return maybe(attributes, name, (written) => {
    const value = Number(written);
    if (written.trim() === '' || !Number.isFinite(value) || value < 0) throw new RangeError(strings.noNumber(written));
    return value;
  });
}

/** What stands before and after the first `mark`, trimmed; the second is undefined without one. */
function halves(written: string, mark: string): readonly [string, string | undefined] {
  const at = written.indexOf(mark);
  return at < 0 ? [written.trim(), undefined] : [written.slice(0, at).trim(), written.slice(at + mark.length).trim()];
}

function headersOf(written: string): { name: string; value: Pattern }[] {
  return written
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name, value = ''] = halves(line, ':');
      return { name, value: patternOf(value) };
    });
}

function attributeOf(written: string): { name: string; value: Pattern | undefined } {
  const [name, value] = halves(written, '=');
  return { name, value: value === undefined ? undefined : patternOf(value) };
}

function fillOf(written: string): { selector: string; text: string } {
  const [selector, text] = halves(written, '=>');
  if (text === undefined) throw new SyntaxError(strings.fillUnreadable);
  return { selector, text };
}

/**
 * Reads a check.
 *
 * @throws {CheckSpecError} in words for the author.
 */
export function checkOf(attributes: CheckAttributes): CheckSpec {
  const type = (attributes.type ?? '') as CheckSpec['type'];
  if (!Object.hasOwn(defaultTimeouts, type)) throw new CheckSpecError(strings.checkUnknown(type, Object.keys(defaultTimeouts).join(', ')));
  const common = { label: attributes.label ?? '', timeoutMs: (number(attributes, 'timeout') ?? defaultTimeouts[type]) * 1000 };
  const flag = (name: CheckAttribute) => attributes[name] !== undefined && attributes[name] !== 'false';
  const pattern = (name: CheckAttribute) => maybe(attributes, name, patternOf);
  const json = () => maybe(attributes, 'json', (written) => JSON.parse(written) as unknown);
  switch (type) {
    case 'file':
      return {
        ...{
          type,
          ...common,
          path: needed(attributes, 'path')
            .trim()
            .replace(/^(\.?\/)+/, ''),
          absent: flag('absent'),
        },
        ...{ contains: pattern('contains'), lacks: pattern('lacks'), equals: attributes.equals, json: json() },
        matches: maybe(attributes, 'matches', expressionOf),
      };
    case 'command':
      return {
        ...{ type, ...common, run: needed(attributes, 'run'), input: attributes.input, code: number(attributes, 'code') ?? 0 },
        ...{ stdout: pattern('stdout'), stderr: pattern('stderr') },
      };
    case 'request':
      return {
        ...{
          type,
          ...common,
          port: number(attributes, 'port') ?? 3000,
          path: attributes.path ?? '/',
          status: number(attributes, 'status') ?? 200,
        },
        ...{ method: (attributes.method ?? 'GET').toUpperCase(), send: attributes.send, sendType: attributes['send-type'] },
        ...{ headers: maybe(attributes, 'header', headersOf) ?? [], body: pattern('body'), json: json() },
      };
    case 'dom':
      return {
        ...{ type, ...common, port: number(attributes, 'port'), selector: needed(attributes, 'selector'), text: pattern('text') },
        ...{ count: number(attributes, 'count'), visible: flag('visible'), absent: flag('absent'), click: attributes.click },
        attribute: maybe(attributes, 'attribute', attributeOf),
        fill: maybe(attributes, 'fill', fillOf),
      };
    case 'test':
      return { type, ...common, path: needed(attributes, 'path') };
    case 'function':
      return { type, ...common, name: needed(attributes, 'name') };
  }
}

/** Whether the reader must have something running for it. */
export function needsContainer(spec: CheckSpec): boolean {
  return spec.type !== 'file';
}

/** Whether it may change what the reader sees or what a server holds: then it waits for the button. */
export function changesSomething(spec: CheckSpec): boolean {
  if (spec.type === 'request') return spec.method !== 'GET' && spec.method !== 'HEAD';
  return spec.type === 'dom' && (spec.click !== undefined || spec.fill !== undefined);
}
