/** The trusted programs as they are evaluated inside QuickJS, one process to an engine: children of a program that waits for them. */
import './quickjs-globals.ts';
import { connectTrusted } from './quickjs-trusted.ts';
import { trustedPrograms } from './shared-programs.ts';

// These have a script of their own (`packages-quickjs.ts`): the engine reads all of a script each time.
const programs = trustedPrograms(() => Promise.reject(new Error('package managers have a script of their own')));

connectTrusted((name) => programs.find((row) => row.name === name)?.load() ?? Promise.resolve(undefined));
