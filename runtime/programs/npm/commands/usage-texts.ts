/** What npm 11 prints for `npm <command> --help`, put together from its parts. */
import { usageCommands, usageOptions } from './usage-parts.ts';

/** Undefined: npm's own names alone have one. */
export function usageText(name: string): string | undefined {
  const parts = Object.hasOwn(usageCommands, name) ? usageCommands[name] : undefined;
  if (parts === undefined || typeof parts === 'string') return parts;
  const [head, letters, tail] = parts;
  const options = [...letters].map((letter) => usageOptions[letter.charCodeAt(0) - 0x23] as string);
  const groups = options.map((option) => option.slice(0, option.indexOf('\n')));
  const lines: string[] = [];
  for (const group of groups) {
    const last = lines.at(-1);
    if (last === undefined || last.length + group.length >= 80) lines.push(group);
    else lines[lines.length - 1] = `${last} ${group}`;
  }
  const told = options.map((option) => option.slice(option.indexOf('\n') + 1).replace(/^(.*)\n/, '  $1\n    '));
  return `${head}\n\nOptions:\n${lines.join('\n')}\n\n${told.join('\n\n')}\n\n\n${tail}Run "npm help ${name}" for more info`;
}
