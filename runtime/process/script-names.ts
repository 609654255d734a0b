/**
 * Names of scripts as engines take them from `//# sourceURL=`, which ends at a blank and refuses quotes: those are written as
 * characters of the private use area, and read back from stacks. WebKit's stacks know no such names, but addresses of loaded scripts.
 */
const base = 0xe000;

export function writtenScriptName(name: string): string {
  return name.replace(/[\t \u00a0'"]/g, (unit) => String.fromCharCode(base + unit.charCodeAt(0)));
}

export function readScriptName(written: string): string {
  return written.replace(/[\ue009\ue020\ue0a0\ue027\ue022]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) - base));
}

const loaded = new Map<string, string>();

/** The script at `address` is to be called so; its lines count from the second one. */
export function noteLoadedScript(address: string, name: string): void {
  loaded.set(address, name);
}

/** What the script at `address` is called. Undefined for what `noteLoadedScript` was not told of. */
export function loadedScriptName(address: string): string | undefined {
  return loaded.get(address);
}
