import { Field } from "./field";

export interface SelectFieldProps {
  readonly label: string;
  readonly value: string;
  /** Value and text, in order. */
  readonly options: readonly (readonly [string, string])[];
  readonly wrong?: string | undefined;
  readonly hint?: string | undefined;
  readonly onValue: (value: string) => void;
}

export function SelectField({ label, value, options, wrong, hint, onValue }: SelectFieldProps) {
  return (
    <Field label={label} wrong={wrong} hint={hint}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
