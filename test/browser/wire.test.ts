import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PageData, Row } from '../../src/browser/page-data.ts';
import { decodePage, encodePage } from '../../src/browser/wire.ts';
import { prefect, shownOf, emptyRegistry, troubledRegistry } from '../support/audit-page.ts';
import { auditPage } from '../../src/report/page/audit.ts';

const same = (text: string): string => text;

function pageWith(rows: readonly Row[]): PageData {
  const group = { id: 'g', name: 'g', tone: '' as const, count: '', note: '', folded: false, rows, more: '' };
  const list = {
    kind: 'list' as const,
    id: 'l',
    title: '',
    lead: '',
    empty: '',
    groups: [group],
    link: null,
    prefix: '',
  };
  return { title: '', command: '', nav: [], parts: [list], releases: {} };
}

test.each([
  { name: 'of a registry with trouble', seen: troubledRegistry },
  { name: 'of an empty registry', seen: emptyRegistry },
])('the page $name is the same after its journey', ({ seen }) => {
  const page = auditPage([shownOf(prefect, seen())]);
  const text = encodePage(page, same);
  expect(decodePage(text)).toEqual(page);
  expect(text.length).toBeLessThan(JSON.stringify(page).length);
});

test('rows of any texts and any gaps are the same after their journey', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('stale', 'columns#', 'texts#', '__proto__', '</script>'));
  const row = fc.record(
    { tag: text, kind: text, because: text, facts: fc.array(fc.record({ name: text })) },
    { requiredKeys: ['tag'] },
  );
  fc.assert(
    fc.property(fc.array(row, { minLength: 10, maxLength: 60 }), (rows) => {
      expect(decodePage(encodePage(pageWith(rows), same))).toEqual(pageWith(rows));
    }),
  );
});
