/**
 * A second implementation of the one rule, to hold the first one to. It shares no code with it and is as plain as can be:
 * every tag text is made for every cell, and the owner is found by comparing versions, without order, groups or memory.
 * It knows the default templates alone, final, post, candidate and development versions, and ranges of one bound.
 */

export interface NaiveFact {
  readonly version: string;
  readonly revision: string;
  /** Flavor to Pythons; without it the ranges below say. */
  readonly builtFor?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly prerelease?: boolean | undefined;
  readonly yanked?: unknown;
}

export interface NaiveConfig {
  /** Python to `*`, `>=X` or `<X`. */
  readonly pythons: Readonly<Record<string, string>>;
  readonly flavors: Readonly<Record<string, { readonly suffix: string; readonly range: string }>>;
  /** Cells that were never built. */
  readonly without: readonly { readonly python: string; readonly flavor: string; readonly range: string }[];
  readonly excluded: readonly string[];
  /** Major to Python, or the highest that was built. */
  readonly defaults: Readonly<Record<string, string>> | 'highest';
  readonly promotePosts: boolean;
  /** Pre-releases own convenience tags until there is a final. */
  readonly preUntilFinal: boolean;
}

export interface NaivePlan {
  readonly pinned: Readonly<Record<string, string>>;
  /** Tag to `version python flavor`, or `nobody`. */
  readonly convenience: Readonly<Record<string, string>>;
}

interface NaiveCell {
  readonly fact: NaiveFact;
  readonly python: string;
  readonly flavor: string;
}

export function naivePlan(config: NaiveConfig, facts: readonly NaiveFact[]): NaivePlan {
  const cells = facts
    .filter((fact) => !config.excluded.includes(fact.version))
    .flatMap((fact) => cellsOf(fact, config));
  const used = facts.filter((fact) => !config.excluded.includes(fact.version));
  const isEarly =
    config.preUntilFinal && !used.some((fact) => /^[\d.]+$/.test(fact.version) && !isPre(fact) && !isYanked(fact));
  const pinned: Record<string, string> = {};
  const candidates: Record<string, NaiveCell[]> = {};
  for (const cell of cells) {
    const { version, revision } = cell.fact;
    const end = `-python${cell.python}${config.flavors[cell.flavor]?.suffix}`;
    pinned[`${version}${end}`] = name(cell);
    if (!isPre(cell.fact)) pinned[`sha-${revision}${end}`] = name(cell);
    if (isPre(cell.fact) && (!isEarly || /dev/.test(version))) continue;
    if (/post/.test(version) && !config.promotePosts) continue;
    const [major, minor] = version.split('.');
    const texts = [`${major}.${minor}${end}`, `${major}${end}`];
    if (isDefault(cell, cells, config)) texts.push(`${major}-latest${config.flavors[cell.flavor]?.suffix}`);
    for (const text of texts) (candidates[text] ??= []).push(cell);
  }
  const convenience: Record<string, string> = {};
  for (const [text, wanting] of Object.entries(candidates)) {
    let owner: NaiveCell | null = null;
    for (const cell of wanting) {
      if (isYanked(cell.fact)) continue;
      if (owner === null || isHigher(cell.fact.version, owner.fact.version)) owner = cell;
    }
    convenience[text] = owner === null ? 'nobody' : name(owner);
  }
  return { pinned, convenience };
}

function cellsOf(fact: NaiveFact, config: NaiveConfig): NaiveCell[] {
  const cells: NaiveCell[] = [];
  for (const python of Object.keys(config.pythons)) {
    for (const flavor of Object.keys(config.flavors)) {
      const cell = { fact, python, flavor };
      if (fact.builtFor === undefined ? isPlanned(cell, config) : fact.builtFor[flavor]?.includes(python) === true)
        cells.push(cell);
    }
  }
  return cells;
}

function isPlanned({ fact, python, flavor }: NaiveCell, config: NaiveConfig): boolean {
  if (!isIn(fact.version, config.pythons[python] ?? '*')) return false;
  if (!isIn(fact.version, config.flavors[flavor]?.range ?? '*')) return false;
  return !config.without.some(
    (entry) => entry.python === python && entry.flavor === flavor && isIn(fact.version, entry.range),
  );
}

function isDefault(cell: NaiveCell, cells: readonly NaiveCell[], config: NaiveConfig): boolean {
  const [major = ''] = cell.fact.version.split('.');
  if (config.defaults !== 'highest') return config.defaults[major] === cell.python;
  const minor = (python: string): number => Number(python.split('.')[1]);
  return !cells.some(
    (other) => other.fact === cell.fact && other.flavor === cell.flavor && minor(other.python) > minor(cell.python),
  );
}

function isPre(fact: NaiveFact): boolean {
  return fact.prerelease === true || /rc|a\d|b\d|dev/.test(fact.version);
}

function isYanked(fact: NaiveFact): boolean {
  return fact.yanked !== undefined && fact.yanked !== false;
}

function name({ fact, python, flavor }: NaiveCell): string {
  return `${fact.version} ${python} ${flavor}`;
}

function isIn(version: string, range: string): boolean {
  if (range === '*') return true;
  if (range.startsWith('>=')) return !isHigher(range.slice(2), version);
  return isHigher(range.slice(1), version);
}

/** Number by number; then dev before a before b before rc before the final before its post releases. */
function isHigher(a: string, b: string): boolean {
  const [left, right] = [weigh(a), weigh(b)];
  for (let index = 0; index < 8; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function weigh(version: string): number[] {
  const numbers = (/^[\d.]*\d/.exec(version)?.[0] ?? '').split('.').map(Number);
  while (numbers.length < 4) numbers.push(0);
  const phases = ['dev', 'a', 'b', 'rc', '', 'post'];
  const [, phase = '', count = '0'] = /^[\d.]*\d\.?([a-z]+)(\d+)$/.exec(version) ?? [];
  return [...numbers.slice(0, 4), phases.indexOf(phase), Number(count)];
}
