// When to look for newer data. A look that finds none costs the server next to nothing (304).
import { listen } from "./kabar.js";

const EVERY = 20_000;
const AFTER_A_SAVE = [200, 500, 900, 1300, 1800, 2500, 4000, 7000]; // the worker needs a moment for the summaries

/** Every so often while the page is seen, at once when it is seen again, and soon after another tab has saved. */
export function follow(look) {
  let soon = [];
  const lookIfSeen = () => { if (!document.hidden) look(); };
  setInterval(lookIfSeen, EVERY);
  document.addEventListener("visibilitychange", lookIfSeen);
  listen(() => {
    soon.forEach(clearTimeout);
    soon = AFTER_A_SAVE.map((wait) => setTimeout(look, wait));
  });
}
