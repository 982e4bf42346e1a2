// What is shown, as a file: for a spreadsheet, or to print and sign.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { OfficeApi, OfficeFile } from "../../client/office-api";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import { saveFile } from "../parts/save-file";
import { officeWords } from "./words";

const FORMATS = ["csv", "xlsx", "pdf"] as const;

export interface DownloadsProps {
  readonly api: OfficeApi;
  readonly span: OfficeFile["span"];
  /** "": today. */
  readonly date: string;
  readonly unitId: string;
  /** What else may be done with what is shown. */
  readonly children: ComponentChildren;
}

export function Downloads({ api, span, date, unitId, children }: DownloadsProps) {
  const o = officeWords.value;
  const [working, setWorking] = useState("");
  const [done, setDone] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const download = async (format: OfficeFile["format"]) => {
    if (working) return;
    setWorking(format);
    setDone(false);
    setFailed(null);
    try {
      const file = await api.file({ span, format, date, unitId });
      saveFile(file, `${[o.fileName, date].filter(Boolean).join("-")}.${format}`);
      setDone(true);
    } catch (thrown) {
      setFailed(met(thrown));
    } finally {
      setWorking("");
    }
  };
  return (
    <>
      <fieldset class="office-downloads">
        <legend class="unseen">{o.download}</legend>
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            class="button"
            aria-disabled={working ? "true" : undefined}
            onClick={() => void download(format)}
          >
            {working === format ? o.preparing : o.downloadAs(format.toUpperCase())}
          </button>
        ))}
        {children}
      </fieldset>
      {failed && <FailureNotice of={failed} />}
      {done && (
        <Notice kind="good">
          <p>{o.downloaded}</p>
        </Notice>
      )}
    </>
  );
}
