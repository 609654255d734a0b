/** `npm-registry-fetch` for npm's code: which registry a package is from. Requests are those of `runtime/packages`. */
import type { Spec } from 'npm-package-arg';
import { session } from '../session.ts';

export function pickRegistry(spec: Spec): string {
  const { registry, scopes = {} } = session().request.config;
  const scope = (spec.subSpec ?? spec).scope;
  return (scope === undefined || scope === null ? undefined : scopes[scope]) ?? registry;
}
