/** Tags one under the other, in groups. A row opens to say why, what to do, and where to look. */
import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { Blocks } from '../blocks.ts';
import { isFiltered, keepRows } from '../filter.ts';
import { html, type Drawn } from '../html.ts';
import type { Fact, ListPart, Row, RowGroup } from '../page-data.ts';
import { PageContext, type PageState } from '../page-context.ts';
import { Copy } from './copy.ts';

const blockSize = 40;
const rowHeight = 41;
/** Rows of a group that are drawn at first. */
const firstRows = 60;

export function List({ part }: { readonly part: ListPart }): VNode | null {
  const state = useContext(PageContext);
  const { id, title, lead, empty, groups } = part;
  const kept = groups.map((group) => ({ group, rows: keepRows(group.rows, state.wanted) }));
  const left = isFiltered(state.wanted) ? kept.filter(({ rows }) => rows.length > 0) : kept;
  const nothing = groups.length === 0 ? empty : left.length === 0 ? 'Nothing here fits the filter.' : '';
  return html`<section class="findings" id=${id} aria-labelledby="${id}-title">
    <h2 id="${id}-title" tabindex="-1">${title}</h2>
    ${lead !== '' && html`<p class="dim">${lead}</p>`}
    ${nothing !== '' && html`<p class=${groups.length === 0 ? 'calm' : 'dim'}>${nothing}</p>`}
    ${left.map(({ group, rows }) => html`<${Group} key=${group.id} group=${group} rows=${rows} part=${part} />`)}
  </section>`;
}

interface GroupProps {
  readonly group: RowGroup;
  readonly rows: readonly Row[];
  readonly part: ListPart;
}

function Group({ group, rows, part }: GroupProps): VNode {
  const state = useContext(PageContext);
  const { id, name, tone, count, note, folded, more } = group;
  const shown = state.target === '' ? -1 : rows.findIndex((row) => idOf(row, part) === state.target);
  const total = isFiltered(state.wanted) ? `${rows.length} of ${count}` : count;
  const head = html`<span
    ><span class="badge">${name}</span> <span class="n">${total}</span> <span class="dim">${note}</span></span
  >`;
  const body = [
    html`<div class="list" role="list" aria-label=${name}>
      <${Blocks}
        items=${rows}
        size=${blockSize}
        height=${rowHeight}
        first=${firstRows}
        shown=${shown}
        draw=${(row: Row, index: number) => html`<div role="listitem" key=${`${index} ${row.tag}`} aria-setsize=${rows.length} aria-posinset=${index + 1}>${rowOf(row, part, state)}</div>`}
      />
    </div>`,
    more !== '' && html`<p class="dim">${more}</p>`,
  ];
  if (!folded) {
    return html`<section class="group ${tone}" data-group=${name} aria-labelledby=${id}>
      <h3 id=${id}>${head}</h3>
      ${body}
    </section>`;
  }
  const isOpen = shown >= 0 || state.isWhole || isFiltered(state.wanted);
  return html`<details class="quiet" data-group=${name} open=${isOpen}>
    <summary>${head}</summary>
    ${body}
  </details>`;
}

/** By which an address names a row. */
function idOf({ tag }: Row, { prefix }: ListPart): string | undefined {
  return prefix === '' ? undefined : `${prefix}${tag}`;
}

function rowOf(row: Row, part: ListPart, state: PageState): Drawn {
  const id = idOf(row, part);
  const { because, facts = [], fix } = row;
  const all: readonly Fact[] = fix === undefined ? facts : [...facts, { name: 'fix', code: fix, copy: true }];
  const ends =
    row.to !== undefined &&
    html`<span class="ends"
      >${row.from !== undefined && html`<span class="is">${row.from}</span>`}${row.from !== undefined && ' → '}<span
        class="should"
        >${row.to}</span
      ></span
    >`;
  const line = html`<span class="line"
    ><code class="tag">${row.tag}</code
    >${row.kind !== undefined && html`<span class="soft ${row.tone ?? 'bad'}">${row.kind}</span>`}${ends}${row.mark !== undefined && html`<span class="soft">${row.mark}</span>`}${row.say !== undefined && html`<span class="dim">${row.say}</span>`}</span
  >`;
  const links = linksOf(row, part, state);
  if (because === undefined && all.length === 0 && links.length === 0)
    return html`<div class="finding plain" id=${id}>${line}</div>`;
  const remember = (event: Event): void => {
    const isOpen = event.currentTarget instanceof HTMLDetailsElement && event.currentTarget.open;
    if (id === undefined) return;
    if (isOpen) state.open.add(id);
    else state.open.delete(id);
  };
  return html`<details
    class="finding"
    id=${id}
    data-kind=${row.kind}
    open=${state.isWhole || (id !== undefined && state.open.has(id))}
    onToggle=${remember}
  >
    <summary>${line}</summary>
    <div class="more">
      ${because !== undefined && html`<p>${because}</p>`} ${all.length > 0 && html`<dl>${all.map(factOf)}</dl>`}
      ${links.length > 0 && html`<p class="links">${links}</p>`}
    </div>
  </details>`;
}

export function factOf({ name, text, code, copy }: Fact): Drawn {
  return [
    html`<dt>${name}</dt>`,
    html`<dd class=${copy === true ? 'fix' : undefined}>
      ${text !== undefined && html`<span>${text} </span>`} ${code !== undefined && html`<code>${code}</code>`}
      ${copy === true && code !== undefined && html`<${Copy} text=${code} />`}
    </dd>`,
  ];
}

function linksOf(row: Row, part: ListPart, { releases }: PageState): VNode[] {
  const links: VNode[] = [];
  const { tag, version = row.to } = row;
  const { link } = part;
  const id = idOf(row, part);
  const release = version === undefined ? undefined : releases[version];
  if (row.page !== undefined) links.push(html`<a href=${row.page.href} rel="noreferrer">${row.page.text}</a>`);
  if (link !== null && row.noTag !== true) {
    const href = link.after === null ? link.before : `${link.before}${encodeURIComponent(tag)}${link.after}`;
    links.push(html`<a href=${href} rel="noreferrer">${tag} on ${link.site}</a>`);
  }
  if (release !== undefined) links.push(html`<a href=${release} rel="noreferrer">Release ${version}</a>`);
  if (id !== undefined) links.push(html`<a href=${hrefOf(id)} class="own">Link to this row</a>`);
  return links;
}
