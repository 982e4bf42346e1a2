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
window.scenes = Object.keys(SCENES);
const asked = new URLSearchParams(location.search);
const scene = SCENES[asked.get("scene") ?? ""];
if (scene) {
  forgetEverything();
  theme.value = asked.get("theme") === "dark" ? "dark" : "light";
  await chooseLanguage(asked.get("language") === "en" ? "en" : "id");
  const stand = scene();
  render(<App services={stand.services} />, root);
  try {
    await stand.act?.();
    document.documentElement.dataset.scene = "ready";
  } catch (thrown) {
    document.documentElement.dataset.scene = "failed";
    throw thrown;
  }
} else {
  render(<List />, root);
}
