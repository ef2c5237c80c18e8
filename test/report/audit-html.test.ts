import { describe, expect, test } from 'vitest';
import { decodePage } from '../../src/browser/wire.ts';
import type { PageData } from '../../src/browser/page-data.ts';
import type { Seen } from '../../src/domain/snapshot.ts';
import { auditHtml } from '../../src/report/page/audit.ts';
import { healthy } from '../support/audit-case.ts';
import { prefect, shownOf, troubledRegistry } from '../support/audit-page.ts';

const [hub, mirror] = ['docker.io/prefecthq/prefect', 'ghcr.io/prefecthq/prefect'];
const hubPage = shownOf(prefect, troubledRegistry(), { repository: hub });
const stray = troubledRegistry().get('2-latest') ?? { kind: 'absent' };
const mirrorPage = shownOf(prefect, new Map([...healthy(prefect), ['2.19-python3.11', stray]]), { repository: mirror });
const html = auditHtml([hubPage, mirrorPage]);
/** The page without its script, whose templates look like elements. */
const drawn = html.slice(0, html.lastIndexOf('<script>'));
const ids = [...drawn.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? '');

function dataOf(page: string): PageData {
  return decodePage(
    /<script type="application\/json" id="data">(?<json>.*)<\/script>/.exec(page)?.groups?.['json'] ?? '',
  );
}

/** What the lists of a repository have, by the ids of their rows. */
function rowsOf(page: string): string[] {
  return dataOf(page).parts.flatMap((part) =>
    part.kind === 'list' ? part.groups.flatMap(({ rows }) => rows.map(({ tag }) => `${part.prefix}${tag}`)) : [],
  );
}

describe('the page of an audit of two repositories', () => {
  test('shows the findings of both, each under its own name', () => {
    expect(
      html
        .split('<section class="hero bad"')
        .slice(1)
        .map((part) => />(?<name>[^<>]+)<\/a>/.exec(part)?.[1]),
    ).toEqual([hub, mirror]);
    const rows = rowsOf(html);
    expect(rows).toContain(`${hub}:2-latest`);
    expect(rows).not.toContain(`${mirror}:2-latest`);
    expect(rows).toContain(`${mirror}:2.19-python3.11`);
    expect(rows).not.toContain(`${hub}:2.19-python3.11`);
  });

  test('uses every id once, and no link or label names an id that is missing', () => {
    expect(ids.length).toBeGreaterThan(20);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const named = [...drawn.matchAll(/ (?:href="#|aria-labelledby="|for=")([^"]+)"/g)].map(([, id]) =>
      decodeURIComponent(id ?? ''),
    );
    const rows = new Set([...ids, ...rowsOf(html)]);
    expect(named.filter((id) => !rows.has(id))).toEqual([]);
  });

  test('links to each repository from the header', () => {
    const [header = ''] = html.match(/<nav.*?<\/nav>/) ?? [];
    expect(header).toContain(`<a href="#verdict">${hub}</a><a href="#r2-verdict">${mirror}</a>`);
  });

  test('has one list of what fixes both, above them', () => {
    const titles = (page: string): string[] =>
      dataOf(page).parts.flatMap((part) => (part.kind === 'steps' ? [part.title] : []));
    expect(titles(html)).toEqual(['What fixes all repositories, in this order']);
    expect(dataOf(html).parts[0]?.kind).toBe('steps');
    expect(titles(auditHtml([hubPage]))).toEqual(['What fixes them, in this order']);
  });

  test('loads nothing from anywhere, and links nowhere but to web pages', () => {
    expect(html).toContain("default-src 'none'");
    expect(drawn).not.toMatch(/ src="|<img|<iframe|@import|url\(/);
    const linked = [...drawn.matchAll(/<(?<element>\w+)[^>]* href="(?<href>[^"]*)"/g)].map(({ groups }) => groups);
    expect(linked.filter((link) => link?.['element'] === 'link')).toEqual([{ element: 'link', href: 'data:,' }]);
    const strange = linked.filter((link) => link?.['element'] === 'a' && !/^(?:#|https:\/\/)/.test(link['href'] ?? ''));
    expect(strange).toEqual([]);
  });
});

test('findings come in the order of how many people a tag reaches', () => {
  const lists = dataOf(auditHtml([hubPage])).parts.flatMap((part) => (part.kind === 'list' ? part.groups : []));
  const loud = lists.filter(({ folded }) => !folded).map(({ name, rows }) => [name, rows.map(({ tag }) => tag)]);
  expect(loud).toEqual([
    ['latest', ['2-latest']],
    ['major', ['2-python3.9', '2-python3.10', '2-python3.12-kubernetes']],
    ['minor', ['2.19-python3.11-conda']],
    [
      'pinned',
      [
        '2.20.25-python3.12',
        '2.20.25-python3.12-conda',
        '2.20.25-python3.12-kubernetes',
        '2.20.21-python3.10',
        'sha-0a4361776ba346cdcdc2c1e7ab6d0e648af0cf12-python3.10',
      ],
    ],
    ['unplanned', ['v2.13.0-python3.10']],
  ]);
});

test('the page of one repository links to its parts', () => {
  const [header = ''] = auditHtml([hubPage]).match(/<nav.*?<\/nav>/) ?? [];
  expect(header).toContain('<a href="#findings">Findings</a><a href="#map">Map</a>');
});

describe('a registry that answers for no tag', () => {
  const reason = (tag: string): string => `REGISTRY_DENIED HEAD ${hub}:${tag}: 401`;
  const nothing = new Map<string, Seen>(
    [...healthy(prefect).keys()].map((tag) => [tag, { kind: 'unknown', reason: reason(tag) }]),
  );
  const page = auditHtml([shownOf(prefect, nothing, { repository: hub })]);
  const { parts } = dataOf(page);
  const rows = parts.flatMap((part) => (part.kind === 'list' ? part.groups.flatMap((group) => group.rows) : []));

  test('is one row, with their number and some names, and a search finds them all', () => {
    expect(rows.map(({ tag, say, kind }) => [tag, kind, say])).toEqual([
      ['2-latest', 'unknown', 'and 4,293 more tags'],
    ]);
    const [row] = rows;
    expect(row?.because).toBe(`The registry did not answer: REGISTRY_DENIED HEAD ${hub}: 401.`);
    expect(row?.facts).toEqual([
      { name: 'tags', text: expect.stringMatching(/^2-latest, 2-latest-conda, .*, and 4,282 more$/) },
    ]);
    const words = new Set(row?.find?.split(' '));
    expect([...nothing.keys()].filter((tag) => tag !== '2-latest' && !words.has(tag))).toEqual([]);
    expect([row?.from, row?.to, row?.fix]).toEqual([undefined, undefined, undefined]);
  });

  test('the map links every tag to that row, each under its own name', () => {
    const cells = parts.flatMap((part) => (part.kind === 'grid' ? part.rows.flatMap((row) => row.cells) : []));
    const drawn = cells.flatMap((cell) => (typeof cell === 'object' && 'pills' in cell ? [cell] : []));
    expect(new Set(drawn.map(({ state, tag }) => `${state} ${tag}`))).toEqual(new Set(['unknown 2-latest']));
    const pills = drawn.flatMap((cell) => cell.pills);
    expect(pills.length).toBeGreaterThan(200);
    for (const { place, tag, row } of pills) {
      expect(place).toBe('awaited');
      expect(row).toBe(tag === '2-latest' ? undefined : '2-latest');
    }
    const lanes = parts.flatMap((part) => (part.kind === 'lanes' ? part.rules.flatMap((rule) => rule.lanes) : []));
    expect(lanes.filter(({ row }) => row === true).map(({ tag }) => tag)).toEqual(['2-latest']);
  });
});
