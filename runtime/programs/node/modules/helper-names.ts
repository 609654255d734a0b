/** What edited code calls what it is handed. */

/**
 * Names that the edited code uses for what we hand it; chosen so that the program does not use them. On the helper object:
 * `import(specifier, options)`, `meta`, `f()` the current async context, `s(value)` its value, `r(value, context)` sets
 * the context and gives the value, `t(context)` sets it unless 0 and gives 0, `w(value)` its value, `a(n, value)` too, and the nth top-level await waits for it, `n(error)` gives imported names back to a message and gives the error, `e(eval, names, code)` what
 * a direct `eval` is to be given for `code`, `g(eval, code)` an indirect one's value, `k()` throws when the time is over,
 * `v(this)` is what `this` is to a script of a context, `c(error)` is shown what
 * a `catch` has caught, and gives it (engines other than V8).
 *
 * Where asynchronous functions are followed (`async-frames.ts`), `s`, `r`, `t` are told of the function's run, too, `s` of the offset,
 * and `b(helper, this)` begins a run, `z(run)` ends it, `p(value)` is what a call gave, `i(executor)` what `new Promise` is given, `o(value)` what
 * it gave, `x(value, run)` what is returned, `q(value, run, offset)` what a generator yields, `y(value, run)` what it is asked with,
 * `d(value, run, offset)` what it delegates to, `l(run, offset)` is `f()` where a loop asks for a value.
 */
export interface HelperNames {
  /** Holds one live property per imported binding. */
  readonly env: string;
  readonly helper: string;
  /** Local to each async function: the context to go back to, 0 while none is waiting. */
  readonly frame: string;
  /** Local to each async function: its run. */
  readonly run: string;
  /** The binding of an anonymous default export. */
  readonly fallback: string;
}

export function chooseNames(source: string): HelperNames {
  let prefix = '$bv';
  for (let n = 0; source.includes(prefix); n += 1) prefix = `$bv${n}_`;
  return { env: prefix, helper: `${prefix}h`, frame: `${prefix}f`, run: `${prefix}a`, fallback: `${prefix}d` };
}
