/** Takes npm's usage texts apart: most of their options are those of other commands, too. */

const shape = /^(.*?)\n\nOptions:\n(.*?)\n\n( {2}.*?)\n\n\n(.*)$/s;

/** `[…]` of a list, with what is in brackets inside of them. */
function groupsOf(list: string): string[] {
  const groups: string[] = [];
  let [depth, from] = [0, 0];
  for (let index = 0; index < list.length; index++) {
    if (list[index] === '[' && depth++ === 0) from = index;
    if (list[index] === ']' && --depth === 0) groups.push(list.slice(from, index + 1));
  }
  return groups;
}

/** The module `programs/npm/commands/usage-parts.ts`. @throws {RangeError} for a text that has another shape. */
export function usagePartsOf(texts: Readonly<Record<string, string>>): string {
  const options: string[] = [];
  const commands: Record<string, string | readonly string[]> = {};
  for (const [name, text] of Object.entries(texts)) {
    const [, head = '', list = '', body = '', tail = ''] = shape.exec(text) ?? [];
    const groups = groupsOf(list.replaceAll('\n', ' '));
    const told = body.split('\n\n').map((one) => one.replace(/^ {2}(.*)\n {4}/, '$1\n'));
    if (groups.length === 0) {
      commands[name] = text;
      continue;
    }
    const end = `Run "npm help ${name}" for more info`;
    if (groups.length !== told.length || !tail.endsWith(end)) throw new RangeError(`The usage of npm ${name} has another shape`);
    const letters = groups.map((group, index) => {
      const option = `${group}\n${told[index]}`;
      if (!options.includes(option)) options.push(option);
      return String.fromCharCode(0x23 + options.indexOf(option));
    });
    commands[name] = [head, letters.join(''), tail.slice(0, -end.length)];
  }
  return `/** Written by \`node runtime/tools/record-npm-usage.ts\`: parts of what npm 11 prints for \`npm <command> --help\`. */

/** How an option is given, its names, and what it does, by line. */
export const usageOptions: readonly string[] = ${JSON.stringify(options, null, 2)};

/** Up to the options, their places in the list above as characters from "#" on, and what stands behind them. */
export const usageCommands: Readonly<Record<string, string | readonly [string, string, string]>> = ${JSON.stringify(commands, null, 2)};
`;
}
