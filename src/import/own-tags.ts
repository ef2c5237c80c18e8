/** A pinned rule for what the workflow gives moving tags alone: a build pushes a tag that names its release. */
import type { Roles } from './roles.ts';
import type { RuleDraft } from './rule-draft.ts';

const comment =
  'CHECK THIS: the workflow pushes no tag that names the version here, and a build here needs one, so this is added';

export function withOwnTags(rules: readonly RuleDraft[], { axes }: Roles): readonly RuleDraft[] {
  const pinned = rules.filter(({ kind }) => kind === 'pinned');
  if (rules.length === 0) return rules;
  if (pinned.length === 0) {
    const names = axes.map(({ name, values }) => (values.length > 1 ? `-{{${name}}}` : ''));
    return [...rules, ownRule('full', `{{version}}${names.join('')}`, new Map())];
  }
  const flavors = axes.find(({ name }) => name === 'flavor')?.values ?? [];
  const missing = flavors
    .map(({ name }) => name)
    .filter((name) => pinned.every(({ only }) => only.get('flavor')?.includes(name) === false));
  if (missing.length === 0) return rules;
  return [...rules, ownRule('own', '{{version}}-{{flavor}}', new Map([['flavor', missing]]))];
}

function ownRule(name: string, template: string, only: RuleDraft['only']): RuleDraft {
  return {
    name,
    kind: 'pinned',
    template,
    releases: 'all',
    range: null,
    only,
    revisionLength: 40,
    comments: [comment],
  };
}
