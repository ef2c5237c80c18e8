/**
 * The address of the next page in a `Link` header, `null` where there is none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8288
 */
export function nextLink(header: string | undefined): string | null {
  for (const { groups } of (header ?? '').matchAll(/<(?<target>[^<>]*)>(?<parameters>(?:\s*;[^,;<]*)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)/i.test(groups?.['parameters'] ?? '')) {
      return groups?.['target'] ?? null;
    }
  }
  return null;
}
