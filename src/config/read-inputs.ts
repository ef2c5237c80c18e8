/** Secrets, ssh, hosts, limits and network of a build, as the config has them. */
import { noInputs, type BuildInputs, type SecretSource } from '../domain/build-inputs.ts';
import type { ParsedImage } from './schema.ts';

export type InputKey = 'secrets' | 'ssh' | 'addHosts' | 'ulimits' | 'network';

export function readInputs(given: Pick<ParsedImage, InputKey>): BuildInputs {
  return {
    secrets: new Map(Object.entries(given.secrets ?? {}).map(([id, source]) => [id, sourceOf(source)])),
    ssh: given.ssh ?? noInputs.ssh,
    addHosts: new Map(Object.entries(given.addHosts ?? {})),
    ulimits: new Map(Object.entries(given.ulimits ?? {})),
    network: given.network ?? noInputs.network,
  };
}

function sourceOf(source: NonNullable<ParsedImage['secrets']>[string]): SecretSource {
  if ('env' in source) return { kind: 'env', name: source.env };
  return { kind: 'file', path: source.file };
}

/** Ids, hosts and limits add up; of one id the later axis counts. */
export function mergeInputs(first: BuildInputs, second: BuildInputs): BuildInputs {
  return {
    secrets: new Map([...first.secrets, ...second.secrets]),
    ssh: [...new Set([...first.ssh, ...second.ssh])],
    addHosts: new Map([...first.addHosts, ...second.addHosts]),
    ulimits: new Map([...first.ulimits, ...second.ulimits]),
    network: second.network ?? first.network,
  };
}
