// Replaces the figures of the page by those of server-sent events, and says when they stop.
const SILENCE_MILLIS = 10_000;

// A page that loads itself again says so, as that must not keep its session; a person's next request does.
const here = new URL(location.href);
here.searchParams.delete("unattended");
history.replaceState(null, "", here);

const status = document.getElementById("live");
const time = document.getElementById("live-time");
const figures = new Map(
  [...document.querySelectorAll("[data-figure]")].map(it => [it.dataset.figure, it]));
const query = new URLSearchParams(location.search);
query.set("page", status.dataset.page);
const source = new EventSource("/console/live?" + query);
let silence;

/** Says it once, so that a screen reader is not told again and again. */
function say(state, text) {
  document.documentElement.dataset.live = state;
  if (status.textContent !== text) {
    status.textContent = text;
  }
}

function stopped(why) {
  say("stopped", "Stopped: " + why + " The figures are those of");
}

function listen() {
  clearTimeout(silence);
  silence = setTimeout(() => stopped("the gateway does not answer."), SILENCE_MILLIS);
}

source.addEventListener("figures", event => {
  const told = JSON.parse(event.data);
  if (told.shape !== status.dataset.shape) {
    source.close();
    here.searchParams.set("unattended", "");
    location.replace(here);
    return;
  }
  for (const [id, state, text] of told.figures) {
    const figure = figures.get(id);
    figure.dataset.state = state;
    figure.textContent = text;
  }
  say("on", "Live");
  document.dispatchEvent(new CustomEvent("figures"));
  time.textContent = told.at.slice(0, 19).replace("T", " ") + "Z";
  listen();
});

source.addEventListener("ended", () => {
  clearTimeout(silence);
  source.close();
  stopped("the session has ended. Open the console again.");
});

source.addEventListener("error", () => {
  clearTimeout(silence);
  stopped(
    source.readyState === EventSource.CLOSED
      ? "the gateway refuses live figures. Load the page again."
      : "the gateway does not answer.");
});

listen();
