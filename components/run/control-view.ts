/** What the buttons of a container look like that stand elsewhere in the page. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ContainerController, ContainerHost } from '../shared/container-controller.ts';
import { strings } from '../shared/strings.ts';

export interface ControlOptions {
  readonly element: HTMLElement & { readonly for: string };
  readonly container: ContainerController;
  readonly theme: string;
  readonly className: string;
  readonly content: unknown;
  /** It was pressed, while the container does not boot. */
  readonly press: (host: ContainerHost) => void;
}

/** It keeps the focus while it cannot be used, which `disabled` would take away. */
export function controlView({ element, container, theme, className, content, press }: ControlOptions): TemplateResult {
  if (container.missing) return html`<p class="message">${strings.noContainer(element.localName, element.for)}</p>`;
  const usable = () => (container.host?.state === 'booting' ? undefined : container.host);
  const onClick = () => {
    const host = usable();
    if (host !== undefined) press(host);
  };
  return html`<button
    type="button"
    class=${className}
    part="button"
    aria-disabled=${usable() === undefined}
    data-theme=${theme}
    @click=${onClick}
  >
    <slot>${content}</slot>
  </button>`;
}
