/** Values as YAML for people to read: the way back from what `source` reads. */
import { stringify } from 'yaml';

/** Text of several lines stays as it is, one of a single line is never broken. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
