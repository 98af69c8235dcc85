// Draws the plots of a crowd's page; inlined by page.ts behind uPlot. Runs in browsers only.
(() => {
  const { uPlot } = globalThis;
  const { plots, listenFrom, listenTo } = JSON.parse(document.getElementById("data").textContent);
  const place = document.getElementById("plots");
  const HEIGHT = 220;
  let drawn = [];

  /** Shades the seconds in which listening counted. */
  const shade = (color) => (u) => {
    const left = u.valToPos(listenFrom, "x", true);
    const right = Math.min(u.valToPos(listenTo, "x", true), u.bbox.left + u.bbox.width);
    u.ctx.fillStyle = color;
    u.ctx.fillRect(left, u.bbox.top, Math.max(0, right - left), u.bbox.height);
  };

  const draw = () => {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = { stroke: color("--soft"), grid: { stroke: color("--edge"), width: 1 }, ticks: { stroke: color("--edge"), width: 1 } };
    for (const plot of drawn) plot.destroy();
    place.replaceChildren();
    // All cards first: a card is only as wide as it stays once the others stand beside it.
    const cards = plots.map(({ title, unit }) => {
      const card = document.createElement("div");
      card.className = "plot";
      const head = document.createElement("h2");
      head.textContent = unit === "" ? title : `${title} (${unit})`;
      card.append(head);
      place.append(card);
      return card;
    });
    drawn = plots.map(({ log, series }, index) => {
      const card = cards[index];
      const xs = series[0].values.map((_, second) => second);
      // A logarithm knows no zero: what is below a millisecond is drawn as one.
      const rows = series.map((one) => (log ? one.values.map((value) => (value === null ? null : Math.max(1, value))) : one.values));
      const digits = rows.every((row) => row.every((value) => value === null || Number.isInteger(value))) ? 0 : 1;
      return new uPlot(
        {
          width: card.clientWidth - 32,
          height: HEIGHT,
          scales: {
            x: { time: false },
            y: log ? { distr: 3 } : { range: (_, __, most) => [0, most === null || most <= 0 ? 1 : most * 1.1] },
          },
          axes: [axis, { ...axis, size: 56 }],
          cursor: { sync: { key: "crowd" } },
          hooks: { drawClear: [shade(color("--shade"))] },
          series: [
            { label: "second" },
            ...series.map((one) => ({
              label: one.name,
              stroke: color(one.color),
              width: 2,
              points: { show: xs.length < 3 },
              value: (_, value) => (value === null || value === undefined ? "–" : value.toFixed(digits)),
            })),
          ],
        },
        [xs, ...rows],
        card,
      );
    });
  };

  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", draw);
})();
