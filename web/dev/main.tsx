// Shows one page or state without servers: ?scene=meeting-5&theme=dark&language=en. Without a scene: the list of all.
import { render } from "preact";
import { App } from "../src/ui/app";
import { chooseLanguage } from "../src/ui/i18n/language";
import { theme } from "../src/ui/theme";
import { forgetEverything, SCENES } from "./scenes";
import "../src/ui/styles/tokens.css";
import "../src/ui/styles/base.css";
import "../src/ui/styles/join.css";

declare global {
  interface Window {
    /** For tools/screenshots.py: the names of all scenes. */
    scenes: readonly string[];
    /** For tests/e2e/test_accessibility.py: one after the other on the same page. Rejects for one that fails. */
    show: (scene: string) => Promise<void>;
  }
}

function List() {
  return (
    <main class="page-main">
      <h1>Sipulung: pages and states</h1>
      <ul>
        {Object.keys(SCENES).map((name) => (
          <li key={name}>
            <a href={`?scene=${name}`}>{name}</a> <a href={`?scene=${name}&theme=dark`}>dark</a>{" "}
            <a href={`?scene=${name}&language=en`}>English</a>
          </li>
        ))}
      </ul>
    </main>
  );
}

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");
const address = location.href;
const asked = new URLSearchParams(location.search);

/** Draws a scene in place of the one before it, as if the page had been loaded for it. */
async function show(name: string): Promise<void> {
  const scene = SCENES[name];
  if (!root || !scene) throw new Error(`there is no scene ${name}`);
  render(null, root);
  forgetEverything();
  history.replaceState(null, "", address);
  theme.value = asked.get("theme") === "dark" ? "dark" : "light";
  await chooseLanguage(asked.get("language") === "en" ? "en" : "id");
  const stand = scene();
  render(<App services={stand.services} />, root);
  await stand.act?.();
}

window.scenes = Object.keys(SCENES);
window.show = show;
const first = asked.get("scene");
if (first !== null && Object.hasOwn(SCENES, first)) {
  try {
    await show(first);
    document.documentElement.dataset.scene = "ready";
  } catch (thrown) {
    document.documentElement.dataset.scene = "failed";
    throw thrown;
  }
} else {
  render(<List />, root);
}
