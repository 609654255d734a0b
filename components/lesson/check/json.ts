/** How JSON is compared: loaded for the first check that wants some. */
import { loadPart } from '../../shared/load-part.ts';

let part: typeof import('./json-difference.ts') | undefined;

/** Comes before {@link differsAsJson}. */
export async function loadJson(): Promise<void> {
  part ??= await loadPart('<bv-check>', () => import('./json-difference.ts'));
}

export function differsAsJson(text: string, wanted: unknown): string | undefined {
  return part!.differsAsJson(text, wanted);
}
