/** The syntax tree of a shell program. `source` texts are what `jobs`, `type` and `trap` show. */

export type WordPart =
  /** Unquoted text: globs and braces in it are active. */
  | { readonly kind: 'text'; readonly text: string }
  /** Text that quotes protect. */
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'double'; readonly parts: readonly WordPart[] }
  | ParameterPart
  | { readonly kind: 'command'; readonly body: List }
  | { readonly kind: 'arithmetic'; readonly expression: Word }
  /** `<(list)` and `>(list)`. */
  | { readonly kind: 'process'; readonly direction: 'in' | 'out'; readonly body: List };

export interface ParameterPart {
  readonly kind: 'parameter';
  readonly name: string;
  /** `${name[index]}`. */
  readonly index?: Word;
  /** `${#name}`. */
  readonly length?: boolean;
  /** `${!name}`: the value names the parameter. */
  readonly indirect?: boolean;
  /** `${!prefix*}`, `${!prefix@}`. */
  readonly names?: '*' | '@';
  /** `:-`, `-`, `:=`, `#`, `##`, `/`, `//`, `:`, `^^`, `@` … */
  readonly operator?: string;
  readonly argument?: Word;
  readonly second?: Word;
}

export interface Word {
  readonly parts: readonly WordPart[];
  /** As it was written. */
  readonly source: string;
}

export interface Redirection {
  /** The descriptor in front; undefined means the operator's own. */
  readonly fd?: number;
  /** `{name}>file`: the variable that receives the number of a free descriptor. */
  readonly variable?: string;
  readonly operator: '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<-' | '<<<';
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly index?: Word;
  readonly append: boolean;
  readonly value: Word | null;
  /** `name=(…)`. */
  readonly elements?: readonly { readonly index?: Word; readonly append?: boolean; readonly value: Word }[];
}

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  /** Array assignments among the words of `declare`, `local` …, by position. */
  readonly arrays?: ReadonlyMap<number, Assignment>;
  readonly redirections: readonly Redirection[];
}

export type CompoundBody =
  | { readonly kind: 'subshell'; readonly body: List }
  | { readonly kind: 'group'; readonly body: List }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: List; readonly body: List }[];
      readonly otherwise: List | null;
    }
  | { readonly kind: 'while'; readonly until: boolean; readonly condition: List; readonly body: List }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[] | null; readonly body: List; readonly select?: boolean }
  | { readonly kind: 'arithmeticFor'; readonly initial: Word; readonly condition: Word; readonly step: Word; readonly body: List }
  | { readonly kind: 'case'; readonly subject: Word; readonly items: readonly CaseItem[] }
  | { readonly kind: 'conditional'; readonly expression: Conditional }
  | { readonly kind: 'arithmeticCommand'; readonly expression: Word };

export interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: List;
  readonly end: ';;' | ';&' | ';;&';
}

export type Conditional =
  | { readonly kind: 'not'; readonly operand: Conditional }
  | { readonly kind: 'and' | 'or'; readonly left: Conditional; readonly right: Conditional }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Word }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word };

export interface CompoundCommand {
  readonly kind: 'compound';
  readonly line: number;
  readonly body: CompoundBody;
  readonly redirections: readonly Redirection[];
}

export interface FunctionDefinition {
  readonly kind: 'function';
  readonly line: number;
  readonly name: string;
  readonly body: CompoundCommand;
  readonly source: string;
}

export type Command = SimpleCommand | CompoundCommand | FunctionDefinition;

export interface Pipeline {
  readonly negated: boolean;
  /** `time` stood in front; `-p` asks for the POSIX form. */
  readonly timed: false | 'bash' | 'posix';
  readonly commands: readonly Command[];
  readonly source: string;
}

export interface AndOr {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  readonly source: string;
}

export interface List {
  readonly items: readonly AndOr[];
}

/** The text is not a program. `incomplete`: more text could make it one. */
export class ShellSyntaxError extends Error {
  readonly line: number;
  readonly incomplete: boolean;
  constructor(message: string, line: number, incomplete = false) {
    super(message);
    this.line = line;
    this.incomplete = incomplete;
  }
}

/** The command of a list that is one simple command in the foreground. */
export function onlyCommand({ items }: List): SimpleCommand | undefined {
  const [item] = items;
  if (items.length !== 1 || item === undefined || item.background || item.rest.length > 0) return undefined;
  const { commands, negated, timed } = item.first;
  const [command] = commands;
  return commands.length === 1 && !negated && timed === false && command?.kind === 'simple' ? command : undefined;
}

export function hasSubstitution(word: Word): boolean {
  return word.parts.some(
    (part) =>
      part.kind === 'command' ||
      (part.kind === 'double' && part.parts.some((inner) => inner.kind === 'command')) ||
      (part.kind === 'parameter' && part.argument !== undefined && hasSubstitution(part.argument)),
  );
}

/** A word that is nothing but unquoted text. */
export function plainText(word: Word): string | undefined {
  if (word.parts.length === 0) return '';
  const [part] = word.parts;
  return word.parts.length === 1 && part?.kind === 'text' ? part.text : undefined;
}
