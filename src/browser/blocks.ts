/**
 * Long lists in blocks, of which only those near the window are drawn: the others are empty boxes as high as they were, or
 * are likely to be. Without a browser, and in its first drawing, the first blocks are drawn.
 */
import type { VNode } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { html, type Drawn } from './html.ts';
import { PageContext } from './page-context.ts';

interface BlocksProps<T> {
  readonly items: readonly T[];
  /** How many are in a block. */
  readonly size: number;
  /** Of an item that was not drawn yet, in CSS pixels. */
  readonly height: number;
  /** How many items are drawn at first. */
  readonly first: number;
  /** The item that must be drawn wherever it is; -1 for none. */
  readonly shown: number;
  readonly draw: (item: T, index: number) => Drawn;
  /** A `tbody` has columns. */
  readonly columns?: number;
}

export function Blocks<T>({ items, size, height, first, shown, draw, columns }: BlocksProps<T>): VNode {
  const count = Math.ceil(items.length / size);
  return html`<${Fragments}
    >${Array.from({ length: count }, (_, index) => {
      const from = index * size;
      const own = items.slice(from, from + size);
      return html`<${Block}
        key=${index}
        isFirst=${from < first}
        isShown=${shown >= from && shown < from + size}
        height=${height * own.length}
        columns=${columns}
        draw=${() => own.map((item, at) => draw(item, from + at))}
      />`;
    })}<//
  >`;
}

function Fragments({ children }: { readonly children?: Drawn }): Drawn {
  return children;
}

interface BlockProps {
  readonly isFirst: boolean;
  readonly isShown: boolean;
  readonly height: number;
  readonly columns: number | undefined;
  readonly draw: () => Drawn;
}

function Block({ isFirst, isShown, height, columns, draw }: BlockProps): VNode {
  const { isWhole } = useContext(PageContext);
  const [isNear, setNear] = useState(isFirst);
  const box = useRef<HTMLElement>(null);
  const known = useRef(height);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    return watch(element, (isComing, heightNow) => {
      // What has the focus stays: a key goes on from there.
      if (!isComing && element.contains(document.activeElement)) return;
      if (!isComing && heightNow > 0) known.current = heightNow;
      setNear(isComing);
    });
  }, []);
  const isDrawn = isNear || isShown || isWhole;
  if (columns !== undefined) {
    const space = html`<tr aria-hidden="true">
      <td colspan=${columns} style=${{ height: `${known.current}px` }}></td>
    </tr>`;
    return html`<tbody ref=${box}>
      ${isDrawn ? draw() : space}
    </tbody>`;
  }
  return html`<div ref=${box} style=${isDrawn ? undefined : { height: `${known.current}px` }}>
    ${isDrawn ? draw() : null}
  </div>`;
}

type Seen = (isNear: boolean, height: number) => void;

const seen = new WeakMap<Element, Seen>();
let observer: IntersectionObserver | null = null;

/** One observer for all blocks, a screen ahead of what is seen. */
function watch(element: Element, tell: Seen): () => void {
  // `scrollMargin` is the same for what scrolls by itself, where the browser knows it.
  const ahead: IntersectionObserverInit & { scrollMargin: string } = { rootMargin: '900px', scrollMargin: '900px' };
  observer ??= new IntersectionObserver((entries) => {
    for (const entry of entries) seen.get(entry.target)?.(entry.isIntersecting, entry.boundingClientRect.height);
  }, ahead);
  seen.set(element, tell);
  observer.observe(element);
  return () => observer?.unobserve(element);
}
