import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('options')`. */
export function makeOptions(realm: NodeRealm): Untyped {
  const { meta } = realm.library;
  const typeNames: Readonly<Record<number, string>> = { 2: 'boolean', 3: 'number', 4: 'number', 5: 'string', 6: 'number', 7: 'array' };
  return {
    getCLIOptionsValues: () => Object.assign(Object.create(null) as object, realm.commandLine.values),
    getCLIOptionsInfo: () => ({
      options: new Map(meta.optionInfo.map(([name, info]) => [name, Object.assign(Object.create(null) as object, info)])),
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
          result[name] = { type: typeNames[info.type], description: info.helpText };
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
