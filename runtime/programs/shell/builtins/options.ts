/** `set` and `shopt`. */
import { optionLetters } from '../options.ts';
import type { Shell } from '../shell.ts';
import { declaration } from '../variables/declarations.ts';
import { quoteText, type Variable } from '../variables/variables.ts';

export async function set(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv.length === 1) {
    const lines: string[] = [];
    for (const name of shell.variables.names().sort()) {
      const variable = shell.variables.own(name) as Variable;
      if (variable.array !== undefined || variable.assoc !== undefined)
        lines.push(declaration(name, variable).replace(/^declare \S+ /, ''));
      else if (variable.value !== undefined)
        lines.push(`${name}=${/^[A-Za-z0-9_./:=@%^,+-]*$/.test(variable.value) ? variable.value : quoteText(variable.value)}`);
    }
    await shell.write(1, lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  const { options } = shell;
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (option === '--') {
      shell.positional = argv.slice(at + 1);
      return 0;
    }
    if (option === '-') {
      options.xtrace = false;
      options.verbose = false;
      at++;
      break;
    }
    if (!/^[-+]./.test(option)) break;
    const on = option[0] === '-';
    for (const letter of option.slice(1)) {
      if (letter === 'o') {
        const name = argv[at + 1];
        if (name === undefined) {
          const names = (Object.keys(options) as (keyof typeof options)[]).sort();
          await shell.write(
            1,
            names
              .map((key) => (on ? `${key.padEnd(15)}\t${options[key] ? 'on' : 'off'}\n` : `set ${options[key] ? '-' : '+'}o ${key}\n`))
              .join(''),
          );
          return 0;
        }
        at++;
        if (name in options) options[name as keyof typeof options] = on;
        else if (
          ![
            'emacs',
            'vi',
            'history',
            'histexpand',
            'ignoreeof',
            'physical',
            'privileged',
            'errtrace',
            'functrace',
            'keyword',
            'nolog',
            'onecmd',
            'interactive-comments',
          ].includes(name)
        ) {
          await shell.complain(`set: ${name}: invalid option name`);
          return 2;
        }
        continue;
      }
      const name = optionLetters[letter];
      if (name !== undefined) options[name] = on;
      else if (!'EHPTkprt'.includes(letter)) {
        await shell.complain(`set: ${option[0]}${letter}: invalid option`);
        await shell.write(2, 'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n');
        return 2;
      }
    }
  }
  if (at < argv.length) shell.positional = argv.slice(at);
  return 0;
}

export async function shopt(shell: Shell, argv: readonly string[]): Promise<number> {
  const flags = argv
    .slice(1)
    .filter((word) => /^-[psuqo]+$/.test(word))
    .join('');
  const names = argv.slice(1).filter((word) => !/^-[psuqo]+$/.test(word));
  const get = (name: string) =>
    flags.includes('o') ? (shell.options as unknown as Record<string, boolean | undefined>)[name] : shell.shopts.get(name);
  let status = 0;
  for (const name of names.length > 0 ? names : [...shell.shopts.keys()].sort()) {
    const value = get(name);
    if (value === undefined) {
      await shell.complain(`shopt: ${name}: invalid shell option name`);
      status = 1;
    } else if (/[su]/.test(flags) && names.length > 0) {
      const on = flags.includes('s');
      if (flags.includes('o')) shell.options[name as keyof Shell['options']] = on;
      else shell.shopts.set(name, on);
    } else {
      if (!value) status = names.length > 0 ? 1 : 0;
      if (!flags.includes('q'))
        await shell.write(
          1,
          flags.includes('p') ? `shopt ${value ? '-s' : '-u'} ${name}\n` : `${name.padEnd(15)}\t${value ? 'on' : 'off'}\n`,
        );
    }
  }
  return status;
}
