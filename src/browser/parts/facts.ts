/** Facts under a heading, one a line; and notes. */
import type { VNode } from 'preact';
import { html } from '../html.ts';
import type { FactsPart, NotesPart } from '../page-data.ts';
import { phrase } from './hero.ts';
import { factOf } from './list.ts';

export function Facts({ part }: { readonly part: FactsPart }): VNode {
  const { id, title, facts, links } = part;
  return html`<section id=${id} class="facts" aria-labelledby="${id}-title">
    <h2 id="${id}-title" tabindex="-1">${title}</h2>
    <dl>${facts.map(factOf)}</dl>
    ${links.length > 0 && html`<p class="links">${links.map(({ text, href }) => html`<a href=${href} rel="noreferrer">${text}</a>`)}</p>`}
  </section>`;
}

export function Notes({ part }: { readonly part: NotesPart }): VNode {
  const { id, title, notes } = part;
  return html`<section id=${id} aria-labelledby="${id}-title">
    <h2 id="${id}-title" tabindex="-1">${title}</h2>
    <ul class="notes">
      ${notes.map((note) => html`<li>${phrase(note)}</li>`)}
    </ul>
  </section>`;
}
