// The years one after another, until the last one or until somebody does something else.
const PAUSE = 1200;

/** `step(first)` shows the next year and tells whether another one follows. Returns what stops it. */
export function startPlayer(button, step) {
  let run = null; // whoever plays now; a step that comes back late sees that it was let go
  let timer = null;

  function tell() {
    button.querySelector("use").setAttribute("href", run ? "#i-pause" : "#i-play");
    button.querySelector("span").textContent = run ? button.dataset.jeda : button.dataset.putar;
  }

  function stop() {
    clearTimeout(timer);
    run = null;
    tell();
  }

  async function go(mine, first) {
    const more = await step(first);
    if (run !== mine) return;
    if (more) timer = setTimeout(go, PAUSE, mine, false);
    else stop();
  }

  button.addEventListener("click", () => {
    if (run) return stop();
    run = {};
    tell();
    go(run, true);
  });
  return stop;
}
