/** `npm help`, `npm <command> --help`, and how a command is used wrong. */
import { Failure } from '../failure.ts';
import { npmVersion, type Session } from '../session.ts';
import { commandOfWord } from './aliases.ts';
import { commandNames } from './names.ts';
import type { Command } from './command.ts';
import { usageText } from './usage-texts.ts';

export function usageOf(name: string): string {
  return usageText(name) ?? `npm ${name}`;
}

/** What a command says when it is used wrong. */
export function usageFailure(name: string, message?: string): Failure {
  return new Failure(`${message === undefined ? '' : `\n${message}\n\n`}${message === undefined ? '\n' : ''}${usageOf(name)}`, {
    code: 'EUSAGE',
  });
}

/** Without a command. */
export function overview(session: Session): string {
  const lines: string[] = [];
  for (const name of commandNames) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length + 2 >= 60) lines.push(name);
    else lines[lines.length - 1] = `${last}, ${name}`;
  }
  return `npm <command>

Usage:

npm install        install all the dependencies in your project
npm install <foo>  add the <foo> dependency to your project
npm test           run this project's tests
npm run <foo>      run the script named <foo>
npm <command> -h   quick help on <command>
npm help <term>    search for help on <term>

All commands:

    ${lines.join(',\n    ')}

Specify configs in the ini-formatted file:
    ${session.config.text('userconfig') ?? ''}
or on the command line via: npm <command> --key=value

More configuration info: npm help config
Configuration fields: npm help 7 config

npm@${npmVersion}`;
}

export const help: Command = {
  run: (session, args) => {
    const word = args.at(-1);
    const name = word === undefined ? undefined : commandOfWord(word);
    if (word !== undefined && (name === undefined || usageText(name) === undefined)) throw new Failure(`No help for "${word}" here.`);
    session.display.output(name === undefined ? overview(session) : usageOf(name));
    return Promise.resolve();
  },
};
