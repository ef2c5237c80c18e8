/** A builder that may not push: it goes by Docker's logins, not by the ones that tagwright was given. */

const refused =
  /failed to push[^]*(?:unauthorized|forbidden|access denied|denied:|authentication required|no basic auth credentials|insufficient_scope)/i;

/**
 * @param reason what the builder says of a failed target
 * @param registry host that was pushed to
 * @returns what to do, to put behind the reason; empty if the failure is another one
 */
export function loginAdvice(reason: string, registry: string): string {
  return refused.test(reason) ? `; the builder pushes with the logins of Docker: run docker login ${registry}` : '';
}
