/** The head of a page or of one repository: what it is about, the sentence that matters, and how many there are of each. */
import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { html, type Drawn } from '../html.ts';
import type { Chip, HeroPart, Phrase } from '../page-data.ts';
import { PageContext } from '../page-context.ts';

export function Hero({ part }: { readonly part: HeroPart }): VNode {
  const { about, href, tone, title, lines, chips, id } = part;
  return html`<section class="hero ${tone}" aria-labelledby=${id}>
    <p class="repository">${href === '' ? about : html`<a href=${href} rel="noreferrer">${about}</a>`}</p>
    <h1 id=${id} tabindex="-1">${title}</h1>
    ${lines.map((line, index) => html`<p class=${index === 0 ? 'answer' : 'dim'}>${phrase(line)}</p>`)}
    ${
      chips.length > 0 &&
      html`<ul class="chips" aria-label="How many of each kind">
        ${chips.map((chip) => html`<li><${ChipOf} chip=${chip} /></li>`)}
      </ul>`
    }
  </section>`;
}

export function phrase(pieces: Phrase): Drawn {
  return pieces.map((piece) => {
    if (typeof piece === 'string') return piece;
    return 'code' in piece ? html`<code>${piece.code}</code>` : html`<strong>${piece.strong}</strong>`;
  });
}

function ChipOf({ chip }: { readonly chip: Chip }): VNode {
  const { wanted, toggleKind } = useContext(PageContext);
  const { name, count, note, tone, kind } = chip;
  const inner = html`<span><span class="n">${count}</span> ${name}</span>`;
  if (kind === '') return html`<span class="chip ${tone}">${inner}</span>`;
  return html`<button
    type="button"
    class="chip ${tone}"
    data-kind=${kind}
    aria-pressed=${String(wanted.kinds.has(kind))}
    title=${note}
    onClick=${() => toggleKind(kind)}
  >
    ${inner}
  </button>`;
}
