/** Who owned each tag when: a lane of strokes a tag, which the arrow keys and the pointer walk through. */
import type { VNode } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { hrefOf } from '../address.ts';
import { Blocks } from '../blocks.ts';
import { isFiltered, keepFound } from '../filter.ts';
import { html, type Drawn } from '../html.ts';
import type { Lane, LaneRule, LanesPart } from '../page-data.ts';
import { PageContext } from '../page-context.ts';

const blockSize = 40;
const laneHeight = 26;
const firstLanes = 40;
/** Of the scale that places are on. */
const width = 1000;

export function Lanes({ part }: { readonly part: LanesPart }): VNode {
  const { wanted } = useContext(PageContext);
  const [said, say] = useState('');
  const { id, title, lead, rules } = part;
  const kept = rules
    .map((rule) => ({ rule, lanes: keepFound(rule.lanes, wanted) }))
    .filter(({ lanes }) => lanes.length > 0);
  const none =
    rules.length === 0 ? 'There is no convenience tag.' : kept.length === 0 ? 'Nothing here fits the filter.' : '';
  return html`<section id=${id} aria-labelledby="${id}-title">
    <h2 id="${id}-title" tabindex="-1">${title}</h2>
    ${lead !== '' && html`<p class="dim">${lead}</p>`}
    <p id="${id}-said" class="said" role="status">${said}</p>
    ${none !== '' && html`<p class="dim">${none}</p>`}
    ${kept.map(({ rule, lanes }) => html`<${Rule} key=${rule.rule} rule=${rule} lanes=${lanes} part=${part} say=${say} />`)}
  </section>`;
}

interface RuleProps {
  readonly rule: LaneRule;
  readonly lanes: readonly Lane[];
  readonly part: LanesPart;
  readonly say: (text: string) => void;
}

function Rule({ rule, lanes, part, say }: RuleProps): VNode {
  const { wanted, isWhole } = useContext(PageContext);
  const isOpen = rule.open || isWhole || isFiltered(wanted);
  const draw = (lane: Lane): Drawn => html`<${LaneOf} key=${lane.tag} lane=${lane} part=${part} say=${say} />`;
  return html`<details class="rule" open=${isOpen}>
    <summary>${ruleTitle(rule)}</summary>
    <div class="lanes">
      <div class="axis" aria-hidden="true">
        <span></span>
        <div class="years">
          ${part.years.map(({ year, left }) => html`<i style=${{ left: `${left}%` }}>${year}</i>`)}
        </div>
        <span></span>
      </div>
      <${Blocks} items=${lanes} size=${blockSize} height=${laneHeight} first=${firstLanes} shown=${-1} draw=${draw} />
    </div>
  </details>`;
}

/** `18 major tags`, and how many of them have a finding. */
function ruleTitle({ rule, count, wrong }: LaneRule): Drawn {
  return [
    html`<span class="n">${count}</span>`,
    ` ${rule} tags `,
    wrong !== '' && html`<span class="soft bad">${wrong}</span>`,
  ];
}

interface LaneProps {
  readonly lane: Lane;
  readonly part: LanesPart;
  readonly say: (text: string) => void;
}

function LaneOf({ lane, part, say }: LaneProps): VNode {
  const last = lane.takes.length - 1;
  const [at, setAt] = useState(-1);
  const show = (step: number): void => {
    const index = Math.max(0, Math.min(last, step));
    if (last < 0) return;
    setAt(index);
    say(sentence(lane, part, index));
  };
  const walk = (event: KeyboardEvent): void => {
    const now = at < 0 ? last + 1 : at;
    const step = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(step);
  };
  const point = (event: PointerEvent): void => {
    if (!(event.currentTarget instanceof Element)) return;
    const box = event.currentTarget.getBoundingClientRect();
    show(nearest(lane, part, ((event.clientX - box.left) / box.width) * width));
  };
  const owner = lane.row !== true ? lane.owner : html`<a href=${hrefOf(`${part.prefix}${lane.tag}`)}>${lane.owner}</a>`;
  return html`<div class="lane ${lane.wrong === true ? 'bad' : ''}">
    <span class="lane-name" title=${lane.tag}><code>${lane.tag}</code></span>
    <button
      type="button"
      class="track"
      aria-label=${lane.say}
      onKeyDown=${walk}
      onFocus=${() => show(at < 0 ? last : at)}
      onPointerMove=${point}
    >
      ${strokes(lane, part, at)}
    </button>
    <span class="lane-owner">${owner}</span>
  </div>`;
}

function strokes({ takes, end, late }: Lane, { moments }: LanesPart, at: number): VNode {
  const places = takes.map(([, moment]) => moments[moment]?.[1] ?? 0);
  const [first] = places;
  const cursor = places[at];
  return html`<svg viewBox="0 0 ${width} 20" preserveAspectRatio="none" aria-hidden="true">
    ${first !== undefined && html`<path class="base" d="M${first} 10H${end ?? width}" />`}
    <path class="takes" d=${places.map((place) => `M${place} 4V16`).join('')} />
    ${late !== undefined && html`<path class="late" d="M${late} 10H${width}" />`}
    ${late !== undefined && html`<path class="at" d="M${late} 1V19" />`}
    ${cursor !== undefined && html`<path class="cursor" d="M${cursor} 0V20" />`}
  </svg>`;
}

/** `2-latest: 2.20.24 from 2025-11-23, until 2025-12-08 (163 of 164)`. */
function sentence({ tag, takes }: Lane, { versions, moments }: LanesPart, index: number): string {
  const [version = -1, moment = 0] = takes[index] ?? [];
  const next = takes[index + 1];
  const isNobody = version < 0;
  const until =
    next === undefined ? (isNobody ? 'to this day' : 'owner to this day') : `until ${moments[next[1]]?.[0] ?? ''}`;
  const owner = versions[version] ?? 'nobody';
  return `${tag}: ${owner} from ${moments[moment]?.[0] ?? ''}, ${until} (${index + 1} of ${takes.length})`;
}

function nearest({ takes }: Lane, { moments }: LanesPart, place: number): number {
  const far = takes.map(([, moment]) => Math.abs((moments[moment]?.[1] ?? 0) - place));
  return far.indexOf(Math.min(...far));
}
