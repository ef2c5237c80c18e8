/** Owners over time, as a table and as JSON. */
import { formatInstant } from '../domain/instant.ts';
import type { TagHistory } from '../plan/history.ts';
import { jsonText, ownerJson } from './plan-json.ts';
import { table } from './table.ts';
import { ownerText } from './words.ts';
import { wrap } from './wrap.ts';

const width = 80;
const indent = 2;

/** @param asked the tag that was asked for; `null`: all */
export function historyText(histories: readonly TagHistory[], asked: string | null): string {
  if (histories.length === 0)
    return asked === null ? 'no convenience tag has had an owner\n' : `${asked}: no release ever owned it\n`;
  return histories.map(tagText).join('\n');
}

function tagText({ tag, rule, spans }: TagHistory): string {
  const columns = [{ title: 'from' }, { title: 'owner' }];
  const rows = spans.map(({ from, owner }) => [formatInstant(from), ownerText(owner, 'with-axes')]);
  const now = spans.at(-1)?.because ?? '';
  return `${tag}, rule ${rule}\n${table(columns, rows)}\n  ${wrap(`now: ${now}`, width - indent, indent)}\n`;
}

export function historyJson(histories: readonly TagHistory[]): string {
  return jsonText({
    schema: 1,
    tags: histories.map(({ tag, spans }) => ({
      tag,
      spans: spans.map(({ owner, from, to, because }) => ({
        owner: ownerJson(owner),
        from: formatInstant(from),
        to: to === null ? null : formatInstant(to),
        because,
      })),
    })),
  });
}
