/** All rules of a step: in the order of its lines, each with a name, and `latest` where the action adds it by itself. */
import type { RoleAxis } from './roles.ts';
import type { GivenLine } from './lines.ts';
import { splitLine } from './split-line.ts';
import { asWritten } from './workflow-files.ts';
import { draftRule, enabledJobs, type RuleContext, type RuleDraft } from './rule-draft.ts';

export interface Rules {
  readonly rules: readonly RuleDraft[];
  /** Lines without a rule, by the place of the rule they come before. */
  readonly dropped: ReadonlyMap<number, readonly string[]>;
}

/** Rules that a config has without saying so. */
export const defaultRules = ['full', 'sha', 'minor', 'major', 'latest'] as const;

export function draftRules(lines: readonly GivenLine[], context: RuleContext): Rules {
  const rules: RuleDraft[] = [];
  const dropped = new Map<number, readonly string[]>();
  const names = new Set<string>();
  const drop = (comments: readonly string[]): void => {
    dropped.set(rules.length, [...(dropped.get(rules.length) ?? []), ...comments]);
  };
  const add = ({ rule, comments }: ReturnType<typeof draftRule>, text: string): void => {
    drop(comments);
    if (rule === null) return;
    const at = rules.findIndex((other) => isSameTag(other, rule));
    const twin = rules[at];
    if (twin !== undefined) {
      rules[at] = {
        ...twin,
        only: eitherOf(twin.only, rule.only),
        releases: rule.releases === 'all' ? 'all' : twin.releases,
      };
      return drop([...rule.comments, `${asWritten(text)}: the same tag as ${twin.name}`]);
    }
    const name = freeName(nameFor(rule), names);
    names.add(name);
    rules.push({ ...rule, name });
  };
  for (const given of lines) {
    const whole = draftRule(given, context);
    const parts = whole.isInParts ? splitLine(given, context) : [];
    if (parts.length === 0) add(whole, given.text);
    for (const part of parts) add(draftRule(part, context), part.text);
  }
  return { rules: withoutRaces(rules, context), dropped };
}

/** One text of several flavors: whichever was built last had it, and here one of them owns it. */
function withoutRaces(rules: readonly RuleDraft[], { roles }: RuleContext): readonly RuleDraft[] {
  const flavors = roles.axes.find(({ name }) => name === 'flavor')?.values ?? [];
  const owners = new Map<string, { readonly rule: RuleDraft; readonly flavor: string }>();
  const races = new Map<string, string>();
  const left = rules.flatMap((rule): RuleDraft[] => {
    const own = rule.only.get('flavor') ?? flavors.map(({ name }) => name);
    const kept = (own === 'default' ? [] : own).filter((flavor) => {
      const suffix = flavors.find(({ name }) => name === flavor)?.suffix ?? '';
      const text = rule.template.replaceAll('{{suffix}}', suffix).replaceAll('{{flavor}}', flavor);
      const key = `${text} ${rule.revisionLength}`;
      const owner = owners.get(key);
      if (owner === undefined || owner.flavor === flavor || owner.rule === rule) {
        owners.set(key, owner ?? { rule, flavor });
        return true;
      }
      const told = text.replaceAll(/\{\{(?:python)\}\}/g, '…');
      races.set(
        owner.rule.name,
        `CHECK THIS: ${owner.flavor} and ${flavor} both pushed ${told}, and the last one built had it: is it ${owner.flavor}?`,
      );
      return false;
    });
    if (own === 'default' || flavors.length === 0 || kept.length === own.length) return [rule];
    return kept.length === 0 ? [] : [{ ...rule, only: new Map([...rule.only, ['flavor', kept]]) }];
  });
  return left.map((rule) => {
    const race = races.get(rule.name);
    return race === undefined ? rule : { ...rule, comments: [...rule.comments, race] };
  });
}

/** A short and a long commit are two tags. */
function isSameTag(a: RuleDraft, b: RuleDraft): boolean {
  return a.template === b.template && a.revisionLength === b.revisionLength;
}

type Only = RuleDraft['only'];

/** What either of two rules is for; they differ in one axis at most. */
function eitherOf(a: Only, b: Only): Only {
  const shared = [...a].flatMap(([axis, values]): [string, 'default' | readonly string[]][] => {
    const other = b.get(axis);
    if (other === undefined || values === other) return other === undefined ? [] : [[axis, values]];
    if (values === 'default' || other === 'default') return [];
    return [[axis, [...new Set([...values, ...other])]]];
  });
  return new Map(shared);
}

/** `full`, `minor` and the like where that is what it is, so that it is read as its default; else after its text. */
function nameFor({ template, kind }: RuleDraft): string {
  const text = template
    .replaceAll('{{suffix}}', '')
    .replaceAll(/-?\{\{(?:python|flavor)\}\}/g, '')
    .replaceAll(/-?(?:python|py)(?=$|-)/g, '');
  if (/^v?\{\{version\}\}$/.test(text)) return 'full';
  if (kind === 'pinned' && text.includes('{{revision}}')) return 'sha';
  if (/^v?\{\{major\}\}\.\{\{minor\}\}$/.test(text)) return 'minor';
  if (/^v?\{\{major\}\}$/.test(text)) return 'major';
  if (/latest/.test(text) && !/\{\{(?!major)/.test(text)) return 'latest';
  const plain = text.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const small = plain.charAt(0).toLowerCase() + plain.slice(1);
  return /^[a-z]/.test(small) ? small : `tag-${small}`.replace(/-$/, '');
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  return free;
}

/** The default Python of each series whose `latest` one Python alone pushed; `highest` where nothing says it. */
export function defaultsOf(
  lines: readonly GivenLine[],
  rules: readonly RuleDraft[],
  python: RoleAxis | undefined,
  context: RuleContext,
): ReadonlyMap<string, string> | 'highest' | null {
  if (python === undefined || !rules.some((rule) => rule.only.get('python') === 'default')) return null;
  const series = new Map<string, string>();
  for (const given of lines) {
    const made = draftRule(given, context).rule;
    const major = /^>=(?<major>\d+) /.exec(made?.range ?? '')?.groups?.['major'];
    const { jobs } = enabledJobs(given, context, false);
    const values = [...new Set(jobs.map((job) => String(job.get(python.key) ?? '')))];
    const [only, ...more] = values;
    const isDefault = made?.only.get('python') === 'default' && major !== undefined;
    if (isDefault && only !== undefined && more.length === 0) series.set(major, only);
  }
  return series.size > 0 ? series : 'highest';
}
