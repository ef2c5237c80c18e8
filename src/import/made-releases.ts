/** Workflows that make their releases themselves: a push of a branch starts them, and one step makes the git tag. */
import { text, type Value } from './evaluate.ts';
import type { Job, Step, Workflow } from './workflow.ts';

/** What actions say that their outputs are once they have made a release. */
const outputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // https://github.com/googleapis/release-please-action#outputs
  'googleapis/release-please-action': releasePlease(),
  'google-github-actions/release-please-action': releasePlease(),
  // https://github.com/cycjimmy/semantic-release-action#outputs
  'cycjimmy/semantic-release-action': {
    new_release_published: 'true',
    new_release_version: '{{version}}',
    new_release_major_version: '{{major}}',
    new_release_minor_version: '{{minor}}',
    new_release_patch_version: '{{patch}}',
    new_release_git_tag: '{{tag}}',
  },
  // https://github.com/go-semantic-release/action#outputs
  'go-semantic-release/action': { version: '{{version}}' },
  // https://github.com/mathieudutour/github-tag-action#outputs
  'mathieudutour/github-tag-action': { new_tag: '{{tag}}', new_version: '{{version}}' },
};

function releasePlease(): Readonly<Record<string, string>> {
  return {
    release_created: 'true',
    releases_created: 'true',
    tag_name: '{{tag}}',
    version: '{{version}}',
    major: '{{major}}',
    minor: '{{minor}}',
    patch: '{{patch}}',
    sha: '{{revision}}',
  };
}

/** `null` where the action does not say it. */
export function madeOutput({ uses }: Step, name: string): Value | null {
  const template = outputs[uses?.toLowerCase() ?? '']?.[name];
  if (template === undefined) return null;
  if (template === '{{tag}}') return { kind: 'git-tag', prefix: '' };
  return template.includes('{{') ? { kind: 'made', template, note: null } : text(template);
}

interface Maker {
  readonly job: Job;
  readonly step: Step;
}

/** The step that makes them; `null` where none is one that is known to. */
export function makerOf({ triggers, jobs }: Workflow): Maker | null {
  if (triggers.branches === null) return null;
  const all = jobs.flatMap((job) => job.steps.map((step) => ({ job, step })));
  return all.find(({ step }) => isMaker(step)) ?? null;
}

export function isMaker({ uses }: Step): boolean {
  return Object.hasOwn(outputs, uses?.toLowerCase() ?? '');
}

/** The branch that starts them; `null` where it may be any of several. */
export function branchOf({ triggers }: Workflow): string | null {
  const [only, ...more] = triggers.branches ?? [];
  return only === undefined || more.length > 0 || /[*?[\]!+]/.test(only) ? null : only;
}
