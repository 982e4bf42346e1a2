// A password that nobody can read again: it is copied or written down now.
import { useState } from "preact/hooks";
import { copyText } from "../host/clipboard";
import { Ask } from "../parts/ask";
import { Notice } from "../parts/notice";
import { adminWords } from "./words";

export interface PasswordOnceProps {
  /** With the tenant: "siti@luwu". */
  readonly user: string;
  readonly password: string;
  readonly onClose: () => void;
}

export function PasswordOnce({ user, password, onClose }: PasswordOnceProps) {
  const w = adminWords.value.accounts;
  const [copied, setCopied] = useState<"" | "copied" | "copyFailed">("");
  return (
    <Ask title={w.passwordTitle} onClose={onClose}>
      <dl class="invitation">
        <div>
          <dt>{w.user}</dt>
          <dd>{user}</dd>
        </div>
        <div>
          <dt>{w.password}</dt>
          <dd>{password}</dd>
        </div>
      </dl>
      <Notice kind="warning">
        <p>{w.passwordOnce}</p>
      </Notice>
      {copied && (
        <Notice kind={copied === "copied" ? "good" : "warning"}>
          <p>{w[copied]}</p>
        </Notice>
      )}
      <div class="acts">
        <button
          type="button"
          class="button main"
          onClick={async () => setCopied((await copyText(`${user}\n${password}`)) ? "copied" : "copyFailed")}
        >
          {w.copy}
        </button>
        <button type="button" class="button plain" onClick={onClose}>
          {w.done}
        </button>
      </div>
    </Ask>
  );
}
