import { BvError } from '../../../base/errors.ts';
import type { NodeRealm, Untyped } from '../realm.ts';

/** What the second layer keeps of the release's options, which nobody reads but who asks for it. */
export function readOptionTexts<T>(realm: NodeRealm, id: 'bavini/option-help' | 'bavini/engine-options'): T {
  const source = realm.source(id);
  if (source === undefined) throw new BvError('ERR_BV_ASSET', `Cannot load "${id}": this build's layers of Node's library lack it`);
  return realm.platform.evaluate(`(function () { ${source} })()`, `node:internal/${id}`) as T;
}

/** `internalBinding('options')`. */
export function makeOptions(realm: NodeRealm): Untyped {
  const { meta } = realm.library;
  const typeNames: Readonly<Record<number, string>> = { 2: 'boolean', 3: 'number', 4: 'number', 5: 'string', 6: 'number', 7: 'array' };
  let texts: Readonly<Record<string, string>> | undefined;
  const helpText = (name: string): string =>
    (texts ??= readOptionTexts<Readonly<Record<string, string>>>(realm, 'bavini/option-help'))[name] ?? '';
  const infoOf = (name: string, info: object): object =>
    Object.defineProperty(Object.assign(Object.create(null) as object, info), 'helpText', {
      get: () => helpText(name),
      enumerable: true,
      configurable: true,
    });
  return {
    getCLIOptionsValues: () => Object.assign(Object.create(null) as object, realm.commandLine.values),
    getCLIOptionsInfo: () => ({
      options: new Map(meta.optionInfo.map(([name, info]) => [name, infoOf(name, info)])),
      aliases: new Map(meta.optionAliases.map(([name, expansion]) => [name, [...expansion]])),
    }),
    getOptionsAsFlags: () => [...realm.commandLine.execArgv],
    getEmbedderOptions: () =>
      Object.assign(Object.create(null) as object, {
        shouldNotRegisterESMLoader: false,
        noGlobalSearchPaths: false,
        noBrowserGlobals: false,
        hasEmbedderPreload: false,
      }),
    getEnvOptionsInputType: () => {
      const result = Object.create(null) as Record<string, unknown>;
      for (const [name, info] of meta.optionInfo) {
        if (info.envVarSettings === meta.envSettings.kAllowedInEnvvar && typeNames[info.type] !== undefined) {
          result[name] = { type: typeNames[info.type], description: helpText(name) };
        }
      }
      return result;
    },
    getNamespaceOptionsInputType: () => new Map(),
    envSettings: { ...meta.envSettings },
    types: { ...meta.optionTypes },
    noGlobalSearchPaths: false,
    shouldNotRegisterESMLoader: false,
  };
}
