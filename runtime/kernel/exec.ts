export { builtInPrefix, findCommand, resolveExecutable, type Executable } from '../fs/executable.ts';
