// A labelled field: what is wrong stands below it in words and belongs to it for a screen reader.
import type { ComponentChildren, InputHTMLAttributes, RefObject, TargetedEvent } from "preact";
import { useId, useState } from "preact/hooks";
import { words } from "../i18n/language";
import { EYE, EYE_OFF, Icon, WARNING } from "./icon";

export interface FieldProps {
  readonly label: string;
  readonly wrong?: string | undefined;
  readonly hint?: string | undefined;
  readonly class?: string;
  readonly children: (attributes: FieldAttributes) => ComponentChildren;
}

export interface FieldAttributes {
  readonly id: string;
  readonly "aria-invalid": "true" | undefined;
  readonly "aria-describedby": string | undefined;
}

export function Field({ label, wrong, hint, class: className, children }: FieldProps) {
  const id = useId();
  const describedBy = wrong ? `${id}-wrong` : hint ? `${id}-hint` : undefined;
  return (
    <div class={className ? `field ${className}` : "field"}>
      <label for={id}>{label}</label>
      {children({ id, "aria-invalid": wrong ? "true" : undefined, "aria-describedby": describedBy })}
      {wrong ? (
        <span class="wrong" id={`${id}-wrong`}>
          <Icon of={WARNING} />
          {wrong}
        </span>
      ) : hint ? (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      ) : null}
    </div>
  );
}

/** The attributes that our fields use; the element's own type ties `role` to `type` and cannot be spread. */
type PassedOn = Pick<
  InputHTMLAttributes<HTMLInputElement>,
  "name" | "autocomplete" | "autocapitalize" | "enterkeyhint" | "inputmode" | "spellcheck"
>;

export interface TextFieldProps extends PassedOn {
  readonly label: string;
  readonly value: string;
  readonly wrong?: string | undefined;
  readonly hint?: string | undefined;
  readonly fieldClass?: string;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  readonly onText: (text: string, input: HTMLInputElement) => void;
}

export function TextField({ label, value, wrong, hint, fieldClass, inputRef, onText, ...rest }: TextFieldProps) {
  return (
    <Field label={label} wrong={wrong} hint={hint} class={fieldClass ?? ""}>
      {(attributes) => (
        <input
          type="text"
          {...rest}
          {...attributes}
          ref={inputRef}
          value={value}
          onInput={(event) => onText(event.currentTarget.value, event.currentTarget)}
        />
      )}
    </Field>
  );
}

/** A password that can be looked at: on a phone nobody types eight characters blind. */
export function PasswordField({ label, value, wrong, hint, fieldClass, inputRef, onText, ...rest }: TextFieldProps) {
  const w = words.value;
  const [shown, setShown] = useState(false);
  const input = (attributes: FieldAttributes) => ({
    ...rest,
    ...attributes,
    ref: inputRef,
    autocapitalize: "none" as const,
    spellcheck: false,
    value,
    onInput: (event: TargetedEvent<HTMLInputElement>) => onText(event.currentTarget.value, event.currentTarget),
  });
  return (
    <Field label={label} wrong={wrong} hint={hint} class={fieldClass ?? ""}>
      {(attributes) => (
        <div class="with-button">
          {shown ? <input {...input(attributes)} type="text" /> : <input {...input(attributes)} type="password" />}
          <button
            type="button"
            aria-label={shown ? w.join.hidePassword : w.join.showPassword}
            title={shown ? w.join.hidePassword : w.join.showPassword}
            onClick={() => setShown(!shown)}
          >
            <Icon of={shown ? EYE_OFF : EYE} />
          </button>
        </div>
      )}
    </Field>
  );
}
