// The head and foot of what is printed, beside a picture of it.
import { useRef, useState } from "preact/hooks";
import type { Letterhead } from "../../client/admin-api";
import { Field, TextField } from "../parts/field";
import { Icon, WARNING } from "../parts/icon";
import { letters, nipIsWrong } from "./lengths";
import { LetterheadPreview } from "./letterhead-preview";
import { logoOf } from "./logo";
import { PartForm, type PartProps, useTenantPart, type Wrong } from "./tenant-part";
import { adminWords } from "./words";

const LINES = [0, 1, 2] as const;

export interface LetterheadSectionProps extends PartProps {
  /** How a chosen file becomes a logo. */
  readonly convert?: typeof logoOf;
}

export function LetterheadSection({ convert = logoOf, ...props }: LetterheadSectionProps) {
  const l = adminWords.value.letterhead;
  const chooser = useRef<HTMLInputElement>(null);
  const [logoWrong, setLogoWrong] = useState("");
  const part = useTenantPart<Letterhead>({
    ...props,
    read: ({ letterhead }) => ({ ...letterhead, titles: LINES.map((line) => letterhead.titles[line] ?? "") }),
    write: (draft) => ({
      letterhead: { ...draft, titles: draft.titles.map((title) => title.trim()).filter((title) => title !== "") },
    }),
    check: (draft): Wrong => ({
      ...Object.fromEntries(
        draft.titles.flatMap((title, line) => (letters(title) > 120 ? [[`title-${line}`, l.wrong.titles]] : [])),
      ),
      ...(letters(draft.address) > 240 ? { address: l.wrong.address } : {}),
      ...(letters(draft.place) > 64 ? { place: l.wrong.place } : {}),
      ...(letters(draft.signerTitle) > 120 ? { signerTitle: l.wrong.signer } : {}),
      ...(letters(draft.signerName) > 120 ? { signerName: l.wrong.signer } : {}),
      ...(nipIsWrong(draft.signerNip) ? { signerNip: l.wrong.nip } : {}),
    }),
    refused: (field, draft) => {
      const name = field.replace(/^letterhead\.?/, "");
      if (name.startsWith("titles")) {
        // Empty lines were not sent.
        const sent = LINES.filter((line) => draft.titles[line]?.trim());
        return [`title-${sent[Number(/[0-9]+/.exec(name)?.[0] ?? 0)] ?? 0}`, l.wrong.titles];
      }
      if (name === "address") return ["address", l.wrong.address];
      if (name === "place") return ["place", l.wrong.place];
      if (name === "signer_title") return ["signerTitle", l.wrong.signer];
      if (name === "signer_name") return ["signerName", l.wrong.signer];
      if (name === "signer_nip") return ["signerNip", l.wrong.nip];
      return name === "logo_png" ? ["logo", l.wrong.logo] : null;
    },
  });
  const { draft, wrong } = part;
  const choose = async (file: File | undefined) => {
    setLogoWrong("");
    if (!file) return;
    const made = await convert(file);
    if (made === "unreadable") setLogoWrong(l.wrong.logo);
    else if (made === "large") setLogoWrong(l.wrong.logoLarge);
    else part.change({ logo: made.png });
    if (chooser.current) chooser.current.value = "";
  };
  const badLogo = logoWrong || wrong.logo;
  return (
    <PartForm of={part} class="letterhead-form">
      <p class="quiet">{l.intro}</p>
      <div class="letterhead-parts">
        <div class="stack">
          {LINES.map((line) => (
            <TextField
              key={line}
              label={l.title(line + 1)}
              hint={line === 0 ? l.titleHint : undefined}
              autocomplete="off"
              value={draft.titles[line] ?? ""}
              wrong={wrong[`title-${line}`]}
              onText={(text) => part.change({ titles: draft.titles.map((old, at) => (at === line ? text : old)) })}
            />
          ))}
          <TextField
            label={l.address}
            autocomplete="off"
            value={draft.address}
            wrong={wrong.address}
            onText={(address) => part.change({ address })}
          />
          <div class="field">
            <span class="label">{l.logo}</span>
            <div class="row">
              <button
                type="button"
                class="button"
                aria-describedby="logo-hint"
                onClick={() => chooser.current?.click()}
              >
                {l.chooseLogo}
              </button>
              {draft.logo && (
                <button type="button" class="button plain" onClick={() => part.change({ logo: "" })}>
                  {l.removeLogo}
                </button>
              )}
              <input
                ref={chooser}
                type="file"
                hidden
                aria-label={l.chooseLogo}
                accept="image/png,image/jpeg,image/webp"
                onChange={(event) => void choose(event.currentTarget.files?.[0])}
              />
            </div>
            <span class={badLogo ? "wrong" : "hint"} id="logo-hint" role={badLogo ? "alert" : undefined}>
              {badLogo && <Icon of={WARNING} />}
              {badLogo || l.logoHint}
            </span>
          </div>
          <TextField
            label={l.place}
            hint={l.placeHint}
            autocomplete="off"
            value={draft.place}
            wrong={wrong.place}
            onText={(place) => part.change({ place })}
          />
          <TextField
            label={l.signerTitle}
            autocomplete="off"
            value={draft.signerTitle}
            wrong={wrong.signerTitle}
            onText={(signerTitle) => part.change({ signerTitle })}
          />
          <TextField
            label={l.signerName}
            autocomplete="off"
            value={draft.signerName}
            wrong={wrong.signerName}
            onText={(signerName) => part.change({ signerName })}
          />
          <Field label={l.signerNip} wrong={wrong.signerNip}>
            {(attributes) => (
              <input
                type="text"
                inputMode="numeric"
                autocomplete="off"
                {...attributes}
                value={draft.signerNip}
                onInput={(event) => part.change({ signerNip: event.currentTarget.value.replace(/\s/g, "") })}
              />
            )}
          </Field>
        </div>
        <LetterheadPreview of={draft} />
      </div>
    </PartForm>
  );
}
