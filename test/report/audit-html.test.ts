import { describe, expect, test } from 'vitest';
import { auditHtml } from '../../src/report/audit-html/page.ts';
import { healthy } from '../support/audit-case.ts';
import { prefect, shownOf, troubledRegistry } from '../support/audit-page.ts';

const [hub, mirror] = ['docker.io/prefecthq/prefect', 'ghcr.io/prefecthq/prefect'];
const hubPage = shownOf(prefect, troubledRegistry(), { repository: hub });
const stray = troubledRegistry().get('2-latest') ?? { kind: 'absent' };
const mirrorPage = shownOf(prefect, new Map([...healthy(prefect), ['2.19-python3.11', stray]]), { repository: mirror });
const html = auditHtml([hubPage, mirrorPage]);
const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? '');

describe('the page of an audit of two repositories', () => {
  test('shows the findings of both, each under its own name', () => {
    const [first = '', second = ''] = html.split('<div class="page">').slice(1);
    expect(first).toContain(`<p class="repository">${hub}</p>`);
    expect(second).toContain(`<p class="repository">${mirror}</p>`);
    expect(first).toContain('<code class="tag">2-latest</code>');
    expect(second).not.toContain('<code class="tag">2-latest</code>');
    expect(second).toContain('<code class="tag">2.19-python3.11</code>');
    expect(first).not.toContain('<code class="tag">2.19-python3.11</code>');
  });

  test('uses every id once, and no link or label names an id that is missing', () => {
    expect(ids.length).toBeGreaterThan(20);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const named = [...html.matchAll(/ (?:href="#|aria-labelledby="|for=")([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('links to each repository from the header', () => {
    const [header = ''] = html.match(/<nav.*?<\/nav>/) ?? [];
    expect(header).toContain(`<a href="#verdict">${hub}</a><a href="#r2-verdict">${mirror}</a>`);
  });

  test('has one list of what fixes both, above them', () => {
    const heads = html.match(/What fixes (?:them|all repositories), in this order/g);
    expect(heads).toEqual(['What fixes all repositories, in this order']);
    expect(html.indexOf('What fixes all')).toBeLessThan(html.indexOf('<div class="page">'));
    expect(auditHtml([hubPage]).match(/What fixes (?:them|all repositories), in this order/g)).toEqual([
      'What fixes them, in this order',
    ]);
  });

  test('loads nothing from anywhere', () => {
    expect(html).not.toMatch(/(?:src|href)="(?!#|data:)/);
    expect(html).toContain("default-src 'none'");
  });
});

test('the page of one repository links to its parts', () => {
  const [header = ''] = auditHtml([hubPage]).match(/<nav.*?<\/nav>/) ?? [];
  expect(header).toContain('<a href="#findings">Findings</a><a href="#map">Map</a>');
});
