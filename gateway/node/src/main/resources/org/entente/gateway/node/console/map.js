// Draws the table of agencies as a map, and follows its figures.
import cytoscape from "./cytoscape.js";

/** Places on the first ring; each further ring has as many more. */
const FIRST_RING = 10;
const BETWEEN_RINGS = 170;
const SHAPES = { peer: "ellipse", transit: "diamond", unknown: "triangle" };
const NEAR = ["transit", "peer", "unknown"];
const MARKS = { good: "", warn: "! ", bad: "✕ " };

const box = document.getElementById("map");
const rows = [...document.querySelectorAll("#table tbody tr")];
const dark = matchMedia("(prefers-color-scheme: dark)");

// Without this, cytoscape adds an inline style, which the page's policy refuses. console.css has it.
const styled = document.createElement("meta");
styled.id = "__________cytoscape_stylesheet";
document.head.append(styled);

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

/** Of a peer its link, of others whether mail gets there. */
function stateOf(row) {
  const [link, flow] = row.querySelectorAll("[data-figure]");
  return link.dataset.state || flow.dataset.state;
}

/** Transits next to the centre, agencies behind them outside. */
function rank(row) {
  const near = NEAR.indexOf(row.dataset.role);
  return near < 0 ? NEAR.length : near;
}

/** Places on rings from one outwards, each turned, so that no line between two rings meets the centre. */
function places(count, firstRing) {
  const found = [];
  for (let ring = firstRing; found.length < count; ring++) {
    const here = Math.min(ring * FIRST_RING, count - found.length);
    const radius = ring * BETWEEN_RINGS;
    for (let i = 0; i < here; i++) {
      const angle = ((i + (ring - 1) / 2) / here) * 2 * Math.PI - Math.PI / 2;
      found.push({ ring, x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
    }
  }
  return found;
}

/** Neighbours around the centre, and behind them the agencies that a transit reaches. */
function placed() {
  const sorted = [...rows].sort((one, other) => rank(one) - rank(other));
  const near = sorted.filter(row => rank(row) < NEAR.length).length;
  const inner = places(near, 1);
  const outer = places(sorted.length - near, 1 + (inner.at(-1)?.ring ?? 0));
  return [...inner, ...outer].map(({ x, y }, index) => ({ row: sorted[index], at: { x, y } }));
}

function drawn() {
  const own = box.dataset.agency;
  const centre = { x: 0, y: 0 };
  const nodes = [
    { data: { id: own, label: own, shape: "star" }, position: centre, classes: "own" }
  ];
  const edges = [];
  for (const { row, at } of placed()) {
    const { agency, role, hops } = row.dataset;
    nodes.push({
      data: { id: agency, label: agency, shape: SHAPES[role] ?? "round-rectangle" },
      position: at
    });
    for (const hop of hops.split(" ").filter(it => it)) {
      edges.push({ data: { source: hop === agency ? own : hop, target: agency } });
    }
  }
  const known = new Set(nodes.map(node => node.data.id));
  return [...nodes, ...edges.filter(edge => known.has(edge.data.source))];
}

function style() {
  const text = colour("text");
  const lines = { good: "solid", warn: "dotted", bad: "dashed" };
  const states = Object.entries(lines).flatMap(([state, line]) => [
    { selector: "node." + state, style: { "border-color": colour(state), "border-style": line } },
    { selector: "edge." + state, style: { "line-color": colour(state), "line-style": line } }
  ]);
  return [
    {
      selector: "node",
      style: {
        shape: "data(shape)",
        label: "data(label)",
        color: text,
        "font-size": 13,
        "min-zoomed-font-size": 6,
        "text-valign": "bottom",
        "text-margin-y": 4,
        "background-color": colour("panel"),
        "border-width": 4,
        "border-color": text,
        width: 34,
        height: 34
      }
    },
    { selector: "node.own", style: { width: 54, height: 54, "font-weight": "bold" } },
    { selector: "edge", style: { width: 2, "line-color": text, "curve-style": "haystack" } },
    ...states
  ];
}

const cy = cytoscape({
  container: box,
  elements: drawn(),
  layout: { name: "preset", fit: true, padding: 30 },
  style: style(),
  autoungrabify: true,
  boxSelectionEnabled: false,
  userZoomingEnabled: false,
  minZoom: 0.1,
  maxZoom: 3
});

function follow() {
  cy.batch(() => {
    for (const row of rows) {
      const state = stateOf(row);
      const node = cy.getElementById(row.dataset.agency);
      if (node.hasClass(state)) {
        continue;
      }
      node.classes(state);
      node.data("label", MARKS[state] + row.dataset.agency);
      node.incomers("edge").classes(state);
    }
  });
}

// Until a person enlarges or drags it, the map shows all agencies in a window of any size.
let whole = true;

function fit() {
  whole = true;
  cy.fit(undefined, 30);
}

function zoom(by) {
  whole = false;
  const middle = { x: cy.width() / 2, y: cy.height() / 2 };
  cy.zoom({ level: cy.zoom() * by, renderedPosition: middle });
}

// For tests: what is drawn, how large, and when it was painted first.
cy.one("render", () => {
  box.dataset.nodes = cy.nodes().length;
  box.dataset.edges = cy.edges().length;
  box.dataset.zoom = cy.zoom();
  box.dataset.painted = Math.round(performance.now());
});
cy.on("resize", () => {
  if (whole) {
    fit();
  }
  box.dataset.zoom = cy.zoom();
});
cy.on("dragpan", () => {
  whole = false;
});
cy.on("tap", "node", event => {
  const row = rows.find(it => it.dataset.agency === event.target.id());
  row?.scrollIntoView({ block: "center" });
  row?.focus({ preventScroll: true });
});
document.getElementById("closer").addEventListener("click", () => zoom(1.5));
document.getElementById("farther").addEventListener("click", () => zoom(1 / 1.5));
document.getElementById("whole").addEventListener("click", fit);
document.addEventListener("figures", follow);
dark.addEventListener("change", () => cy.style(style()));
follow();
