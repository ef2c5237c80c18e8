/** Commands in the order in which they are run, or a choice between some. */
import type { VNode } from 'preact';
import { html, type Drawn } from '../html.ts';
import type { Step, StepsPart } from '../page-data.ts';
import { Copy } from './copy.ts';

export function Steps({ part }: { readonly part: StepsPart }): VNode {
  const { id, title, steps, more } = part;
  return html`<section id=${id} class="fixes" aria-labelledby="${id}-title">
    <h2 id="${id}-title" tabindex="-1">${title}</h2>
    ${steps.map(stepOf)} ${more !== '' && html`<p class="dim">${more}</p>`}
  </section>`;
}

function stepOf({ command, note, choices }: Step): Drawn {
  if (choices.length === 0) {
    return html`<div class="fix">
      <code>${command}</code><span class="dim">${note}</span><${Copy} text=${command} />
    </div>`;
  }
  return [
    html`<div class="fix">
      <span>${choices.length === 1 ? 'If so' : 'Choose one'}</span><span class="dim">${note}</span>
    </div>`,
    ...choices.map(
      (choice) =>
        html`<div class="fix choice">
          <code>${choice.command}</code>
          ${choice.after !== '' && html`<span class="dim">then</span>`}
          ${choice.after !== '' && html`<code>${choice.after}</code>`}
          <span class="dim">${choice.because}</span><${Copy} text=${choice.command} />
        </div>`,
    ),
  ];
}
