// The limits of proto/sipulung/common/v1/options.proto, read from the descriptors: the rule set of services/common/validation.py.
// Checked before sending, so that a person is told at once and a bug is seen here and not as a refusal.
import { type DescField, type DescMessage, getOption, hasOption, type Message } from "@bufbuild/protobuf";
import { type Limits, limits } from "../gen/sipulung/common/v1/options_pb";
import { failed, type SessionFailure } from "./failure";
import { visibleProblem } from "./visible";

const patterns = new Map<string, RegExp>();

/** Throws INVALID_FIELD with the path in proto names ("say.text") and what is allowed. */
export function checkLimits(schema: DescMessage, message: Message, path = ""): void {
  for (const field of schema.fields) {
    const value = valueIn(field, message);
    const name = path ? `${path}.${field.name}` : field.name;
    if (hasOption(field, limits)) checkField(field, value, getOption(field, limits), name);
    if (value === undefined) continue;
    if (field.fieldKind === "message") checkLimits(field.message, value as Message, name);
    else if (field.fieldKind === "list" && field.listKind === "message") {
      for (const [index, item] of (value as Message[]).entries()) {
        checkLimits(field.message, item, `${name}[${index}]`);
      }
    }
  }
}

/** undefined: a message or oneof member that is not set. */
function valueIn(field: DescField, message: Message): unknown {
  const members = message as unknown as Record<string, unknown>;
  if (!field.oneof) return members[field.localName];
  const chosen = members[field.oneof.localName] as { case?: string; value?: unknown };
  return chosen.case === field.localName ? chosen.value : undefined;
}

function checkField(field: DescField, value: unknown, limit: Limits, name: string): void {
  // A member of a oneof that is not the chosen one is not a missing field.
  if (limit.required && isEmpty(value) && !field.oneof) throw invalid(name, "must not be empty");
  if (typeof value === "string") checkText(value, limit, name);
  else if (value instanceof Uint8Array) checkLength(value.length, limit, name, "bytes");
  else if (typeof value === "number" || typeof value === "bigint") checkNumber(value, limit, name);
  else if (limit.maxItems) {
    const items = Array.isArray(value) ? value.length : Object.keys(value ?? {}).length;
    if (items > limit.maxItems) throw invalid(name, `must have at most ${limit.maxItems} entries`);
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "" || value === 0 || value === 0n || value === false) return true;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}

function checkText(value: string, limit: Limits, name: string): void {
  if (value === "") return;
  checkLength([...value].length, limit, name, "characters");
  if (limit.pattern && !patternOf(limit.pattern).test(value)) throw invalid(name, `must match ${limit.pattern}`);
  const problem = limit.visible ? visibleProblem(value, limit.multiline) : "";
  if (problem) throw invalid(name, problem);
}

function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (!pattern) {
    pattern = new RegExp(`^(?:${source})$`, "u");
    patterns.set(source, pattern);
  }
  return pattern;
}

function checkLength(length: number, limit: Limits, name: string, unit: string): void {
  if (length < limit.minLength) throw invalid(name, `must have at least ${limit.minLength} ${unit}`);
  if (limit.maxLength && length > limit.maxLength) throw invalid(name, `must have at most ${limit.maxLength} ${unit}`);
}

function checkNumber(value: number | bigint, limit: Limits, name: string): void {
  // A range with a maximum begins at its minimum, also where that is 0.
  if ((limit.min || limit.max) && value < limit.min) throw invalid(name, `must be at least ${limit.min}`);
  if (limit.max && value > limit.max) throw invalid(name, `must be at most ${limit.max}`);
}

function invalid(field: string, message: string): SessionFailure {
  return failed("INVALID_FIELD", message, field);
}
