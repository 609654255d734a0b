/** `node:module` for npm's code: names that packages should not have. Only `npm pkg fix` asks. */
export const builtinModules: readonly string[] = [];
