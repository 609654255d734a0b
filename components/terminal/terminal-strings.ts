import { stringsOf } from '../shared/strings.ts';

/** What the row of keys says; the rest of the terminal's texts are in the entry script. */
export const terminalEnglish = {
  keys: 'Keys of the terminal',
  // What is printed on the keys.
  escape: 'Esc',
  tab: 'Tab',
  control: 'Ctrl',
  interrupt: 'Interrupt the program',
  up: 'Arrow up',
  down: 'Arrow down',
  left: 'Arrow left',
  right: 'Arrow right',
  pipe: 'Vertical bar',
  tilde: 'Tilde',
  slash: 'Slash',
  hyphen: 'Hyphen',
};

export type TerminalStrings = typeof terminalEnglish;
export const terminalStrings = stringsOf('terminal', terminalEnglish);
