/** What `docker buildx du --verbose` says of a builder's cache: for each layer, the command that left it. */
import { OutsideError } from '../../domain/errors.ts';
import type { BuilderCache } from '../../ports.ts';
import { runDocker, type DockerOptions } from './run-docker.ts';

export async function builderCache(
  builder: string | null,
  running: Omit<DockerOptions, 'onLine'>,
): Promise<BuilderCache> {
  const lines: string[] = [];
  const args = ['buildx', 'du', '--verbose', ...(builder === null ? [] : [`--builder=${builder}`])];
  try {
    const options = { ...running, onLine: () => undefined, onOutput: (line: string): void => void lines.push(line) };
    const run = await runDocker(args, options);
    if (run.exitCode !== 0) return { kind: 'unknown', because: run.stderrTail.at(-1) ?? `exit code ${run.exitCode}` };
  } catch (error) {
    if (!(error instanceof OutsideError) || running.signal?.aborted === true) throw error;
    return { kind: 'unknown', because: error.message };
  }
  return parseUsage(lines);
}

/** A description may go on in further lines, until the next key. */
export function parseUsage(lines: readonly string[]): BuilderCache {
  const text = lines.join('\n');
  const commands = [
    ...text.matchAll(
      /^Description:\s+mount \/ from exec \/bin\/sh -c (?<command>.*?)(?=\n[A-Z][a-z ]+:|$(?![\s\S]))/gms,
    ),
  ];
  return {
    kind: 'known',
    layers: [...text.matchAll(/^ID:/gm)].length,
    commands: new Set(commands.map(({ groups }) => (groups?.['command'] ?? '').replaceAll(/\s+/g, ' ').trim())),
  };
}
