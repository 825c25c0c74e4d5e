/** The model of a call on Amazon Bedrock: in the path, as an id or as an ARN. */

/**
 * An ARN of a foundation model or an inference profile ends with the id of its model; any other names something of
 * the account, and stays whole.
 */
export function bedrockModel(path: string): string | null {
  const raw = /\/model\/(.+)\/[\w-]+$/.exec(path)?.[1];
  if (raw === undefined) return null;
  const id = decoded(raw);
  return /^arn:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/.exec(id)?.[1] ?? id;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
