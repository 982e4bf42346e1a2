// Somebody else has saved meanwhile: theirs, or one's own on top of it.
import { FormNotice } from "../parts/form-notice";
import { adminWords } from "./words";

export interface ConflictNoticeProps {
  readonly onNewest: () => void;
  readonly onMine: () => void;
}

export function ConflictNotice({ onNewest, onMine }: ConflictNoticeProps) {
  const w = adminWords.value.conflict;
  return (
    <FormNotice kind="error" of="conflict" choice>
      <p>{w.text}</p>
      <p>{w.newestHint}</p>
      <div class="row">
        <button type="button" class="button" onClick={onNewest}>
          {w.newest}
        </button>
        <button type="button" class="button" onClick={onMine}>
          {w.mine}
        </button>
      </div>
    </FormNotice>
  );
}
