/** What images say of themselves: labels and environment, read from their configs. */
import { cellKey, type BaseCell } from './base.ts';
import { childrenOf, type Content } from './held.ts';

export interface Says {
  readonly labels: Readonly<Record<string, string>>;
  readonly python: string | null;
}

const said = new Map<string, readonly Says[]>();

/** What the config of each of its platforms says. */
export function saysOf(digest: string, content: Content): readonly Says[] {
  const known = said.get(digest);
  if (known !== undefined) return known;
  const manifest = content.manifests.get(digest);
  if (manifest === undefined) return [];
  const children = childrenOf(manifest);
  const says =
    children.length > 0 ? children.flatMap((child) => saysOf(child, content)) : [configOf(manifest.bytes, content)];
  said.set(digest, says);
  return says;
}

function configOf(bytes: Uint8Array, content: Content): Says {
  const manifest: { config: { digest: string } } = JSON.parse(new TextDecoder().decode(bytes));
  const blob = content.blobs.get(manifest.config.digest);
  const { config }: { config?: { Labels?: Record<string, string>; Env?: string[] } } = JSON.parse(
    new TextDecoder().decode(blob),
  );
  const python =
    config?.Env?.find((line) => line.startsWith('PYTHON_VERSION='))?.slice('PYTHON_VERSION='.length) ?? null;
  return { labels: config?.Labels ?? {}, python };
}

/** The cell that our labels name, and only ours. */
export function namedBy(labels: Says['labels']): string | null {
  const axes = { python: labels['io.tagwright.python'], flavor: labels['io.tagwright.flavor'] };
  if (axes.python === undefined || axes.flavor === undefined) return null;
  return cellKey(labels['org.opencontainers.image.version'] ?? '', axes);
}

/** Which cell our labels name, known to the facts or not; `null` without them. */
export function cellNamed(digest: string, content: Content): string | null {
  const names = new Set(saysOf(digest, content).map(({ labels }) => namedBy(labels)));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}

/** A whole image of one of these cells, as we make them: our labels on every platform, and every platform there. */
export function isPlain(digest: string, cells: readonly BaseCell[], content: Content): boolean {
  const named = cellNamed(digest, content);
  const cell = cells.find(({ key }) => key === named);
  return cell !== undefined && saysOf(digest, content).length === cell.platforms.length;
}
