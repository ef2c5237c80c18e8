/** The rules of `tagwright protect`, as text and as JSON. */
import type { Several } from '../domain/several.ts';
import type { Protection } from '../protect/protect.ts';
import { jsonText } from './plan-json.ts';
import { count } from './words.ts';

export interface ProtectReport {
  /** The rules are the same in each. */
  readonly repositories: Several<string>;
  readonly pinned: number;
  readonly convenience: number;
  readonly protections: readonly Protection[];
}

const mostNamed = 5;

export function protectText({ repositories, pinned, convenience, protections }: ProtectReport): string {
  const head = `${repositories.join(', ')}: ${count(pinned, 'pinned tag')} to fix, ${count(convenience, 'convenience tag')} to leave free`;
  const sections = protections.map(({ registry, setting, rules, inTheWay }) => {
    const more = inTheWay.length - mostNamed;
    const named = inTheWay.slice(0, mostNamed).join(', ');
    const way =
      inTheWay.length === 0 ? [] : [`  in the way: ${named}${more > 0 ? `, and ${count(more, 'more', 'more')}` : ''}`];
    return [registry, `  ${setting}`, ...rules.map((rule) => `    ${rule}`), ...way].join('\n');
  });
  return `${[head, ...sections].join('\n\n')}\n`;
}

export function protectJson({ repositories, protections }: ProtectReport): string {
  const [repository] = repositories;
  return jsonText({ schema: 1, repository, ...(repositories.length === 1 ? {} : { repositories }), protections });
}
