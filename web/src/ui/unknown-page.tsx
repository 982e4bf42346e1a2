import { words } from "./i18n/language";
import { PageFrame } from "./parts/page-frame";
import { navigate } from "./route";

/** An address that names nothing: a link that a messenger cut. */
export function UnknownPage() {
  const w = words.value;
  return (
    <PageFrame title={w.unknownPage.title} centred>
      <div class="join">
        <h1>{w.unknownPage.title}</h1>
        <p>{w.unknownPage.text}</p>
        <button type="button" class="button main" onClick={() => navigate("/")}>
          {w.join.title}
        </button>
      </div>
    </PageFrame>
  );
}
