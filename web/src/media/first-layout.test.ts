import { expect, test } from "vitest";
import { firstLayout } from "./first-layout";

test("the screen is asked for whole, faces in two rows", () => {
  expect(firstLayout(2, 721)).toEqual([
    { slot: 0, height: 721 },
    { slot: 1, height: 361 },
    { slot: 2, height: 361 },
  ]);
});
