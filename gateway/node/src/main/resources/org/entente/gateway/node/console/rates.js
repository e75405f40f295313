// Draws the last hour of a link from the tables of the page, and goes on with live figures.
import uPlot from "./uplot.js";

const MOST_POINTS = 2_000;
const LEAST_SECONDS = 600;
const HEIGHT = 220;
const DASHES = [[], [10, 4], [2, 3], [10, 3, 2, 3]];

const box = document.getElementById("charts");
const now = [...document.querySelectorAll("#now tbody tr")];
const kinds = [...document.querySelectorAll("#now thead th")].slice(1).map(it => it.textContent);
const lanes = now.map(row => row.cells[0].textContent);
const past = [...document.querySelectorAll("#past tbody tr")];
const times = past.map(row => Number(row.dataset.at));
const dark = matchMedia("(prefers-color-scheme: dark)");
let charts = [];

function number(cell) {
  const value = parseFloat(cell.textContent);
  return Number.isNaN(value) ? null : value;
}

/** For each kind, the values of each lane. */
const values = kinds.map((kind, k) =>
  lanes.map((lane, l) => past.map(row => number(row.cells[1 + l * kinds.length + k]))));

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

function options(kind) {
  const axis = { stroke: colour("text"), grid: { stroke: colour("line"), width: 1 } };
  return {
    title: kind,
    width: box.clientWidth,
    height: HEIGHT,
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC"),
    axes: [{ ...axis, values: "{HH}:{mm}:{ss}", space: 80 }, { ...axis, size: 60 }],
    scales: {
      // The page begins with one point, which alone would be spread over years.
      x: { range: (plot, least, most) => [Math.min(least, most - LEAST_SECONDS), most] },
      y: { range: (plot, least, most) => [0, Math.max(1, (most ?? 0) * 1.1)] }
    },
    series: [
      { label: "Time (UTC)", value: "{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}" },
      ...lanes.map((lane, index) => ({
        label: lane,
        stroke: colour("lane-" + (index + 1)),
        dash: DASHES[index],
        width: 2
      }))
    ]
  };
}

function draw() {
  charts.forEach(chart => chart.destroy());
  charts = kinds.map((kind, k) => new uPlot(options(kind), [times, ...values[k]], box));
  // For tests.
  box.dataset.charts = charts.length;
  box.dataset.points = times.length;
}

function add() {
  times.push(Math.round(Date.now() / 1e3));
  values.forEach((of, k) => of.forEach((series, l) => series.push(number(now[l].cells[1 + k]))));
  if (times.length > MOST_POINTS) {
    times.shift();
    values.forEach(of => of.forEach(series => series.shift()));
  }
  charts.forEach((chart, k) => chart.setData([times, ...values[k]]));
  box.dataset.points = times.length;
}

if (box) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = "/console/static/uplot.css";
  sheet.addEventListener("load", draw, { once: true });
  document.head.append(sheet);
  document.addEventListener("figures", () => charts.length > 0 && add());
  dark.addEventListener("change", draw);
  new ResizeObserver(() =>
    charts.forEach(chart => chart.setSize({ width: box.clientWidth, height: HEIGHT }))).observe(box);
}
