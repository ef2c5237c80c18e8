/**
 * Failures that pass by themselves: a registry or the network that was not there for a moment, while a base was pulled or an
 * image pushed, or two builds in each other's way. A step of the Dockerfile that fails is not one, whatever it prints.
 *
 * BuildKit has no codes for these, only words: those of Go's net and http packages and of containerd's resolver.
 */
const passing: readonly RegExp[] = [
  /unexpected status(?: from (?:GET|HEAD|POST|PUT|PATCH) request to \S+)?:? (?:429|500|502|503|504)\b/,
  /\b(?:429 Too Many Requests|500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out)\b/,
  /connection (?:reset by peer|refused)/,
  /broken pipe/,
  /i\/o timeout|TLS handshake timeout|Client\.Timeout exceeded/,
  /temporary failure in name resolution|server misbehaving/i,
  /: (?:unexpected )?EOF\b/,
  // Two images of one bake that Docker's image store is given under one name at once: by the next try it has the name.
  /\bimage "[^"]+": already exists\b/,
];

/** @param reason the words a build ended with */
export function isPassingFailure(reason: string): boolean {
  const isStep = /process ".*" did not complete successfully|^smoke test:|^held back:/s.test(reason);
  return !isStep && passing.some((pattern) => pattern.test(reason));
}
