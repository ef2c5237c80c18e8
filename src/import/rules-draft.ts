/** Rules as the config's `rules`: what differs from the defaults, in the order of the workflow. */
import { entry, list, object, type DraftEntry, type DraftObject } from './config-text.ts';
import type { RuleDraft } from './rule-draft.ts';
import { defaultRules, type Rules } from './rules.ts';

interface DefaultRule {
  readonly kind: RuleDraft['kind'];
  readonly releases: RuleDraft['releases'];
  readonly onlyDefaultPython: boolean;
}

const defaults: Readonly<Record<string, DefaultRule>> = {
  full: { kind: 'pinned', releases: 'all', onlyDefaultPython: false },
  sha: { kind: 'pinned', releases: 'finals', onlyDefaultPython: false },
  minor: { kind: 'convenience', releases: 'finals', onlyDefaultPython: false },
  major: { kind: 'convenience', releases: 'finals', onlyDefaultPython: false },
  latest: { kind: 'convenience', releases: 'finals', onlyDefaultPython: true },
};

export function rulesDraft({ rules, dropped }: Rules, hasPython: boolean, after: readonly string[]): DraftObject {
  const given = rules.map((rule, index) =>
    entry(rule.name, ruleDraft(rule, hasPython), [...(dropped.get(index) ?? []), ...rule.comments]),
  );
  const missing = defaultRules.filter((name) => !rules.some((rule) => rule.name === name));
  const left = [...(dropped.get(rules.length) ?? []), ...after];
  const off = missing.map((name, index): DraftEntry => entry(name, false, index === 0 ? left : []));
  return object([...given, ...off], missing.length === 0 ? left : []);
}

function ruleDraft(rule: RuleDraft, hasPython: boolean): DraftObject {
  const standard = defaults[rule.name];
  const entries: DraftEntry[] = [];
  if (standard === undefined) entries.push(entry('kind', rule.kind));
  entries.push(entry('template', rule.template));
  if (rule.kind === 'pinned' && rule.releases !== (standard?.releases ?? 'all')) {
    entries.push(entry('releases', rule.releases));
  }
  if (rule.template.includes('{{revision}}') && rule.revisionLength < 40) {
    entries.push(entry('length', rule.revisionLength));
  }
  if (rule.range !== null) entries.push(entry('range', rule.range));
  const isDefaultOnly = standard?.onlyDefaultPython === true && hasPython;
  const onlyPython = rule.only.size === 1 && rule.only.get('python') === 'default';
  if (isDefaultOnly ? !onlyPython : rule.only.size > 0) {
    const only = [...rule.only].map(([axis, values]) =>
      entry(axis, typeof values === 'string' ? values : list(values)),
    );
    entries.push(entry('only', object(only)));
  }
  return object(entries);
}
