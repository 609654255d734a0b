/** What the container's `setPreviewScript` set, for whoever writes it into a document. */
import type { Container } from '../../../../runtime/index.ts';
import type { WireScript } from '../../../../runtime/wires/preview-wire.ts';

/** Ends of the script and comments would end it early; in strings, templates, patterns and JSON this reads the same. */
function inMarkup(source: string): string {
  return source.replace(/<(?=\/script|!--)/gi, '\\u003C');
}

export function previewScript({ previewScript: script }: Container): WireScript | null {
  if (script === undefined) return null;
  const { type = '', async = false, defer = false } = script.options;
  return { text: inMarkup(script.source), type, async, defer };
}
