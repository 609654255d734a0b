/** The rule checker of accessibility: WCAG 2.2 A and AA, and its best practices. */
import 'axe-core';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';
import { assert } from 'chai';

declare const axe: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> };

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

export interface AccessibilityOptions {
  /** Rules that do not apply, by their id: state the reason beside the call. */
  readonly without?: readonly string[];
}

/** Fails with the rules that `element` and what is in it break, and where. Shadow roots are looked into. */
export async function assertAccessible(element: Element, { without = [] }: AccessibilityOptions = {}): Promise<void> {
  // A part of a page need not be in a landmark.
  const rules = Object.fromEntries(['region', ...without].map((rule) => [rule, { enabled: false }]));
  const { violations } = await axe.run(element, { runOnly: tags, resultTypes: ['violations'], rules });
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join('\n')}`,
  );
  assert.deepEqual(told, []);
}
