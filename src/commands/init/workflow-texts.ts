/** The files that a workflow of this repository may include: other workflows, actions and bake files. */
import { includedPaths } from '../../import/workflow-files.ts';
import type { ProjectFiles } from '../../ports.ts';

const usual = ['docker-bake.hcl', 'docker-bake.json', 'docker-bake.override.hcl', 'docker-bake.override.json'];

/** Texts by path; what is not there is left out. */
export async function workflowTexts(source: string, files: ProjectFiles): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const workflows = (await files.list('.github/workflows')).filter((path) => /\.ya?ml$/.test(path));
  const queue = [...workflows, ...includedPaths(source), ...usual, ...namedFiles(source)];
  const seen = new Set<string>();
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = isInside(path) ? await files.read(path) : null;
    if (text === null) continue;
    found.set(path, text);
    for (const named of [...includedPaths(text), ...namedFiles(text)]) queue.push(named);
  }
  return found;
}

/** Bake files that a step names. */
function namedFiles(source: string): string[] {
  return [...source.matchAll(/(?<![\w./-])(?<path>[\w./-]{0,200}bake[\w.-]{0,200}\.(?:hcl|json))/g)].map(([path]) =>
    path.replace(/^\.\//, ''),
  );
}

function isInside(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}
