import type { Descriptor, Digest, Manifest } from '../../src/domain/digest.ts';
import { OutsideError, type OutsideCode } from '../../src/domain/errors.ts';
import type { Repository } from '../../src/domain/reference.ts';
import type { Registry } from '../../src/ports.ts';
import { sampleImage } from './sample-images.ts';

/** One question that was asked, before it is answered. */
export interface FakeCall {
  readonly method: 'HEAD' | 'GET' | 'PUT' | 'DELETE';
  readonly reference: string;
}

/** A repository in memory, behind the port itself: no HTTP, every answer at once, and faults where a test wants them. */
export interface FakeRegistry extends Registry {
  readonly stands: Map<string, Digest>;
  readonly manifests: Map<Digest, Manifest>;
  /** `HEAD 1-latest`, `PUT 1-latest`, in order. */
  readonly calls: string[];
  /** Puts a small image there, under a tag or none; the same name is the same image. */
  push(name: string, tag?: string): Digest;
  /** Runs before the call is answered; what it throws is the answer. */
  before: (call: FakeCall) => void | Promise<void>;
  /** Runs after the call took effect; what it throws is the answer all the same. */
  after: (call: FakeCall) => void;
  /** What HEAD and GET of a tag are answered in place of the truth; `undefined` is the truth. */
  stale: (tag: string) => Digest | null | undefined;
  /** Whether it can delete a tag without its manifest. */
  canDelete: boolean;
}

export function fakeRegistry(repository: Repository = { registry: '127.0.0.1:5000', path: 'acme/app' }): FakeRegistry {
  const stands = new Map<string, Digest>();
  const manifests = new Map<Digest, Manifest>();
  const calls: string[] = [];

  async function ask<T>(method: FakeCall['method'], reference: string, answer: () => T): Promise<T> {
    const call = { method, reference };
    calls.push(`${method} ${reference}`);
    await registry.before(call);
    const value = answer();
    registry.after(call);
    return value;
  }
  function find(reference: string): Manifest | null {
    const lie = registry.stale(reference);
    const digest = lie === undefined ? stands.get(reference) : lie;
    const named = [...manifests.values()].find((manifest) => manifest.digest === (digest ?? reference));
    return digest === null ? null : (named ?? null);
  }
  function descriptorOf(manifest: Manifest | null): Descriptor | null {
    if (manifest === null) return null;
    const { bytes: _bytes, ...descriptor } = manifest;
    return descriptor;
  }

  const registry: FakeRegistry = {
    repository,
    stands,
    manifests,
    calls,
    before: () => undefined,
    after: () => undefined,
    stale: () => undefined,
    canDelete: false,
    push: (name, tag) => {
      const image = sampleImage('oci-index', name);
      for (const manifest of [...image.children, image.top]) manifests.set(manifest.digest, manifest);
      if (tag !== undefined) stands.set(tag, image.top.digest);
      return image.top.digest;
    },
    head: (reference) => ask('HEAD', reference, () => descriptorOf(find(reference))),
    manifest: (reference) => ask('GET', reference, () => find(reference)),
    blob: () => Promise.reject(new Error('no blob is read here')),
    referrers: () => Promise.resolve(null),
    tags: () => Promise.resolve([...stands.keys()]),
    requests: () => calls.length,
    putManifest: (reference, manifest) =>
      ask('PUT', reference, () => {
        manifests.set(manifest.digest, manifest);
        if (reference !== manifest.digest) stands.set(reference, manifest.digest);
        return manifest.digest;
      }),
    putBlob: () => Promise.reject(new Error('no blob is pushed here')),
    copyBlob: () => Promise.reject(new Error('no blob is copied here')),
    deleteTag: (tag) =>
      ask('DELETE', tag, () => {
        if (registry.canDelete) stands.delete(tag);
        return registry.canDelete;
      }),
    deleteManifest: () => Promise.reject(new Error('no manifest is deleted here')),
  };
  return registry;
}

/** The registry's no, or its silence. */
export function fault(code: OutsideCode, message = `PUT: ${code}`): OutsideError {
  return new OutsideError(code, message);
}
