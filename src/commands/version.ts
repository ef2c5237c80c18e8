/** `tagwright version`: what runs here, for a report of a bug. */
import { jsonText } from '../report/plan-json.ts';
import type { Machine } from '../ports.ts';
import type { Outcome, World } from './world.ts';

export interface VersionOptions {
  readonly version: string;
  readonly json: boolean;
}

export async function versionCommand({ version, json }: VersionOptions, world: World): Promise<Outcome> {
  const machine = await world.machine?.();
  const [docker, buildx] =
    machine === undefined ? [null, null] : await Promise.all([machine.docker(), machine.buildx()]);
  const { build = null, node = null, platform = null } = machine ?? {};
  const facts = { version, build, node, platform, docker: toolText(docker), buildx: toolText(buildx) };
  const lines = Object.entries(facts).map(([name, text]) => `${name.padEnd(10)}${text ?? 'not found'}`);
  const text = lines.filter((line) => line !== `${'build'.padEnd(10)}not found`);
  return { stdout: json ? jsonText({ schema: 1, ...facts }) : `${text.join('\n')}\n`, result: 'as-planned' };
}

function toolText(tool: Awaited<ReturnType<Machine['docker']>> | null): string | null {
  return tool?.kind === 'found' ? tool.version : null;
}
