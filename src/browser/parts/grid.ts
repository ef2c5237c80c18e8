/** A table: rows down, columns across. Wide ones scroll by themselves, long ones are drawn where they are seen. */
import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { Blocks } from '../blocks.ts';
import { keepFound } from '../filter.ts';
import { html, type Drawn } from '../html.ts';
import type { Cell, ChangeCell, GridPart, GridRow, MapCell, Pill } from '../page-data.ts';
import { PageContext } from '../page-context.ts';

/** Of wide rows a block has fewer: what is drawn at once is cells. */
const blockCells = 1200;
const rowHeight = 29;
const firstCells = 1500;

export function Grid({ part }: { readonly part: GridPart }): VNode {
  const { wanted } = useContext(PageContext);
  const { id, title, lead, legend, caption, corner, columns } = part;
  const rows = keepFound(part.rows, wanted);
  const across = columns.length + 1;
  const draw = (row: GridRow): Drawn => rowOf(row, part);
  return html`<section id=${id} aria-labelledby="${id}-title">
    <h2 id="${id}-title" tabindex="-1">${title}</h2>
    ${lead !== '' && html`<p class="dim">${lead}</p>`} ${legend === 'map' && mapLegend()}
    ${rows.length === 0 && html`<p class="dim">${part.rows.length === 0 ? 'There is nothing to show.' : 'Nothing here fits the filter.'}</p>`}
    <div class="scroll" tabindex="0" role="region" aria-label=${caption} hidden=${rows.length === 0}>
      <table class="grid ${legend === 'map' ? '' : 'changes'}">
        <caption class="sr">
          ${caption}
        </caption>
        ${headOf(part, corner)}
        <${Blocks}
          items=${rows}
          size=${Math.max(4, Math.ceil(blockCells / across))}
          height=${rowHeight}
          first=${Math.ceil(firstCells / across)}
          shown=${-1}
          columns=${across}
          draw=${draw}
        />
      </table>
    </div>
  </section>`;
}

function headOf({ groups, columns }: GridPart, corner: string): VNode {
  return html`<thead>
    ${
      groups.length > 0 &&
      html`<tr>
        <td class="corner"></td>
        ${groups.map(({ name, span }) => html`<th scope="colgroup" colspan=${span}><span>${name}</span></th>`)}
      </tr>`
    }
    <tr>
      <th scope="col" class="corner">${corner}</th>
      ${columns.map(({ name, first }) => html`<th scope="col" class=${first ? 'first' : undefined}>${name}</th>`)}
    </tr>
  </thead>`;
}

function rowOf({ head, sub, remark, first, cells }: GridRow, { columns, prefix }: GridPart): VNode {
  return html`<tr class=${first === true ? 'series' : undefined}>
    <th scope="row" title=${remark} class=${remark === undefined ? undefined : 'remark'}>
      ${head}${sub !== undefined && html`<span class="date">${sub}</span>`}${remark !== undefined && html`<span class="sr"> ${remark}</span>`}
    </th>
    ${cells.map((cell, index) => cellOf(cell, columns[index]?.first === true, prefix))}
  </tr>`;
}

function cellOf(cell: Cell, isFirst: boolean, prefix: string): VNode {
  const first = isFirst ? 'first' : undefined;
  if (cell === 0) return html`<td class=${first}></td>`;
  if (cell === 1) return html`<td class=${first}><span class="dot right"></span></td>`;
  if ('pills' in cell) return mapCell(cell, first, prefix);
  return changeCell(cell, first);
}

function mapCell({ state, tag, pills }: MapCell, first: string | undefined, prefix: string): VNode {
  const dot =
    state === undefined
      ? html`<span class="dot right"></span>`
      : html`<a href=${hrefOf(`${prefix}${tag ?? ''}`)} class="dot bad"><span class="sr">${state}</span></a>`;
  return html`<td class=${state === undefined ? first : `bad ${first ?? ''}`}>
    ${dot}${pills.map((pill) => pillOf(pill, prefix))}
  </td>`;
}

function pillOf({ label, place, tag, row = tag }: Pill, prefix: string): VNode {
  if (tag === undefined || place === undefined) return html`<span class="pill">${label}</span>`;
  const say = place === 'strayed' ? `${tag} points here and should not` : `${tag} should point here`;
  return html`<a href=${hrefOf(`${prefix}${row}`)} class="pill ${place}" title=${say}
    >${label}<span class="sr"> ${say}</span></a
  >`;
}

function changeCell({ from, to, note, tags = [] }: ChangeCell, first: string | undefined): VNode {
  const text = html`<span
    >${from !== undefined && html`<span class="is">${from}</span>`}${from !== undefined && ' → '}<b class="should"
      >${to}</b
    ></span
  >`;
  const [only] = tags;
  return html`<td class="change ${first ?? ''}">
    ${text} ${note !== undefined && html`<span class="dim note">${note}</span>`}
    ${tags.length === 1 && html`<code class="note">${only}</code>`}
    ${
      tags.length > 1 &&
      html`<details class="tags">
        <summary>${tags.length} tags</summary>
        <ul>
          ${tags.map((tag) => html`<li><code>${tag}</code></li>`)}
        </ul>
      </details>`
    }
  </td>`;
}

function mapLegend(): VNode {
  return html`<ul class="keys dim">
    <li><span class="dot right"></span> pinned tags are right</li>
    <li><span class="dot bad"></span> a pinned tag has a finding</li>
    <li><span class="pill">2.20</span> points here</li>
    <li><span class="pill strayed">2.20</span> points here and should not</li>
    <li><span class="pill awaited">2.20</span> should point here</li>
  </ul>`;
}
