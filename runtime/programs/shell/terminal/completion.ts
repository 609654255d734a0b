/** What Tab offers: commands where a command stands, else paths. */
import type { Shell } from '../shell.ts';

export interface Completion {
  /** Where in the line the completed word starts. */
  readonly start: number;
  /** Replacements for it, as they would be typed. */
  readonly candidates: readonly string[];
  /** What is shown of each. */
  readonly labels: readonly string[];
}

export class Completer {
  readonly #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  complete(line: string): Completion {
    let start = 0;
    let quote = '';
    let first = true;
    let word = '';
    for (let i = 0; i < line.length; i++) {
      const c = line[i] as string;
      if (quote !== '') {
        if (c === quote) quote = '';
        else word += c;
      } else if (c === '\\') word += line[++i] ?? '';
      else if (c === "'" || c === '"') quote = c;
      else if (/[\s;|&()<>]/.test(c)) {
        if (word !== '' && !/^[A-Za-z_]\w*=/.test(word)) first = false;
        if (/[;|&(]/.test(c)) first = true;
        if (/[<>]/.test(c)) first = false;
        word = '';
        start = i + 1;
      } else word += c;
    }
    if (quote === '' && word.startsWith('$'))
      return this.#finish(
        start,
        quote,
        this.#shell.variables
          .names()
          .filter((name) => name.startsWith(word.slice(1)))
          .map((name) => [`$${name}`, name, ' '] as const),
        true,
      );
    if (first && !word.includes('/'))
      return this.#finish(
        start,
        quote,
        this.#commands(word).map((name) => [name, name, ' '] as const),
      );
    const slash = word.lastIndexOf('/') + 1;
    const base = word.slice(0, slash);
    const prefix = word.slice(slash);
    const home = this.#shell.homeOf('') ?? '/';
    const directory = base === '' ? '.' : base.replace(/^~(?=\/)/, home);
    const names = (this.#shell.directories.list(directory) ?? [])
      .filter((name) => name.startsWith(prefix) && (prefix.startsWith('.') || !name.startsWith('.')))
      .sort();
    return this.#finish(
      start,
      quote,
      names.map((name) => {
        const isDirectory = this.#shell.directories.isDirectory(`${directory}/${name}`);
        return [base + name, isDirectory ? `${name}/` : name, isDirectory ? '/' : ' '] as const;
      }),
    );
  }

  #commands(prefix: string): string[] {
    const shell = this.#shell;
    const names = new Set([...shell.builtins.keys(), ...shell.functions.keys(), ...shell.aliases.keys(), 'if', 'for', 'while', 'case']);
    for (const directory of (shell.variables.get('PATH') ?? '').split(':'))
      for (const name of shell.directories.list(directory) ?? []) names.add(name);
    return [...names].filter((name) => name.startsWith(prefix)).sort();
  }

  #finish(start: number, quote: string, found: readonly (readonly [string, string, string])[], raw = false): Completion {
    const typed = (text: string, suffix: string) => {
      if (raw) return text;
      const only = found.length === 1 ? suffix : suffix === '/' ? '/' : '';
      if (quote !== '') return quote + text + (only === ' ' ? `${quote} ` : only);
      return text.replace(/[\s'"\\$`;|&()<>*?[\]{}!#]/g, '\\$&') + only;
    };
    return { start, candidates: found.map(([text, , suffix]) => typed(text, suffix)), labels: found.map(([, label]) => label) };
  }
}
