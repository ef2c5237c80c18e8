/** Everything commands see: a project, its repositories, files and journals. A scene is copied, so that each command can be tried. */
import { standInImage, type StandInImage } from '../../../src/adapters/stand-in/stand-in-image.ts';
import { createHeadSnapshotSource } from '../../../src/adapters/registry/head-snapshot.ts';
import type { World } from '../../../src/commands/world.ts';
import type { BuildTarget } from '../../../src/domain/build-target.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { InputError } from '../../../src/domain/errors.ts';
import type { PartialFacts, ReleaseFact } from '../../../src/domain/release.ts';
import { realWorld } from '../../../src/entry/world.ts';
import type { Builder, Registries } from '../../../src/ports.ts';
import { copyHeld, hold, registriesOf, type Content, type Held } from './held.ts';
import { createMemoryEvidence } from '../../../src/adapters/evidence/memory-evidence.ts';
import { copyJournals, journalStore, type Journals } from './journals.ts';

export interface Scene {
  /** What the config file exports. */
  config: Readonly<Record<string, unknown>>;
  facts: readonly ReleaseFact[];
  /** The source says that it may know fewer releases than there are. */
  partial: PartialFacts | null;
  /** `registry/path` to what it holds, in the order of the config. */
  readonly places: Map<string, Held>;
  readonly content: Content;
  /** Path to text, beside the config. */
  readonly files: Map<string, string>;
  readonly journals: Journals;
  /** References that a build pushed, as `registry/path:tag`, with their digests. */
  readonly built: { readonly reference: string; readonly digest: Digest; readonly target: BuildTarget }[];
  /** Makes each build differ from the ones before it. */
  nonce: string;
  /** A registry that runs, in place of what `places` hold. */
  readonly real?: Real;
}

export interface Real {
  readonly registries: () => Registries;
  readonly builder: (registries: Registries) => Builder;
  /** Another tool's command line. @returns its exit code and what it said */
  readonly run: (command: string) => Promise<{ readonly exit: number; readonly error: string | null }>;
}

export function copyScene(scene: Scene): Scene {
  return {
    ...scene,
    places: new Map([...scene.places].map(([name, held]) => [name, copyHeld(held)])),
    files: new Map(scene.files),
    journals: copyJournals(scene.journals),
    built: [],
    nonce: `${scene.nonce}+`,
  };
}

/** Tags that point elsewhere now, in any repository. */
export function changedTags(before: Scene, after: Scene): string[] {
  return [...before.places].flatMap(([name, { tags }]) => {
    const now = after.places.get(name)?.tags ?? new Map<string, Digest>();
    return [...new Set([...tags.keys(), ...now.keys()])].filter((tag) => tags.get(tag) !== now.get(tag)).toSorted();
  });
}

export const configFile = 'matrix.config.ts';

export function worldOf(scene: Scene): World {
  let nowMs = Date.parse('2026-11-24T12:00:00Z');
  const { signal } = new AbortController();
  const registries = scene.real?.registries() ?? registriesOf(scene.places, scene.content);
  return {
    ...realWorld({ env: {}, say: () => undefined, signal }),
    loadConfig: () => Promise.resolve({ raw: scene.config, file: configFile, root: '/project' }),
    sources: () => [
      {
        name: 'releases.json',
        list: () => Promise.resolve({ kind: 'file', facts: scene.facts, partial: scene.partial, notes: [] }),
      },
    ],
    packageIndex: () => null,
    registries: () => registries,
    snapshots: (registry) => createHeadSnapshotSource(registry),
    // No working tree: what is built comes from the config's folder.
    sourceRepository: async () => null,
    builder: () => scene.real?.builder(registries) ?? builderOf(scene),
    files: () => ({
      entry: (path) => Promise.resolve(scene.files.has(path) ? 'file' : 'nothing'),
      unfit: () => Promise.resolve([]),
      read: (path) => Promise.resolve(scene.files.get(path) ?? null),
      write: (path, text) => Promise.resolve(void scene.files.set(path, text)),
      list: () => Promise.resolve([...scene.files.keys()].toSorted()),
    }),
    journals: () => journalStore(scene.journals),
    evidence: () => createMemoryEvidence(),
    runFacts: () => Promise.resolve({ actor: null, approver: null, run: null }),
    toolVersion: '0.0.0',
    readText: (path) => {
      const text = scene.files.get(path);
      if (text !== undefined) return Promise.resolve(text);
      return Promise.reject(new InputError([{ code: 'USAGE', where: path, message: 'there is no such file' }]));
    },
    clock: {
      nowMs: () => nowMs,
      sleep: (ms) => {
        nowMs += ms;
        return Promise.resolve();
      },
    },
  };
}

/** Builds at once, and keeps what it was asked for. */
function builderOf(scene: Scene): Builder {
  return {
    name: 'stand-in',
    build: (targets) => {
      const built = targets.map((target) => {
        const digest = makeImage(scene.content, target, scene.nonce);
        for (const reference of target.references) {
          const colon = reference.lastIndexOf(':');
          const held = scene.places.get(reference.slice(0, colon));
          if (held === undefined) throw new Error(`no test has ${reference}`);
          hold(held, scene.content, digest, reference.slice(colon + 1));
          scene.built.push({ reference, digest, target });
        }
        return { id: target.id, kind: 'built' as const, digest };
      });
      return Promise.resolve({ targets: built });
    },
  };
}

const images = new Map<string, StandInImage>();

/** Makes the image of a target; the same target and nonce give the same one. @returns its digest */
export function makeImage(content: Content, target: BuildTarget, nonce: string): Digest {
  const key = JSON.stringify([target.id, target.labels, target.args, target.platforms, nonce]);
  const image = images.get(key) ?? standInImage(target, nonce);
  images.set(key, image);
  for (const blob of image.blobs) content.blobs.set(blob.digest, blob.bytes);
  for (const manifest of [...image.children, image.manifest]) content.manifests.set(manifest.digest, manifest);
  return image.manifest.digest;
}
