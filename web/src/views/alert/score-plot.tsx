// The score over time: one step for each change, with the borders of the levels. The same figures as a table beside
// it, for who cannot see the line.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { assessmentsQuery } from "../../api/alerts.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { day, points } from "../../lib/format.ts";
import { useTheme } from "../../lib/theme.ts";
import { Level, Waiting } from "../../ui/parts.tsx";

const HEIGHT = 160;

export default function ScorePlot({ premises }: { premises: string }) {
  const { t, lang } = useLanguage();
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const list = useQuery(assessmentsQuery(premises));
  const items = list.data?.items;

  useEffect(() => {
    const element = box.current;
    if (element === null || items === undefined || items.length === 0) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const rising = items.toReversed();
    const at = rising.map((item) => Date.parse(`${item.assessedOn}T12:00:00Z`) / 1000);
    const score = rising.map((item) => item.score);
    at.push(Date.now() / 1000);
    score.push(score.at(-1)!);
    const axis = { stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${colour("--font")}` };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, max) => [0, Math.max(100, max)] } },
        series: [{}, { stroke: colour("--bar"), width: 2, fill: colour("--accent-soft"), paths: uPlot.paths.stepped!({ align: 1 }), points: { show: true, size: 6, fill: colour("--bar") } }],
        axes: [{ ...axis, values: (_, splits) => splits.map((s) => day(new Date(s * 1000).toISOString(), lang)), space: 110 }, { ...axis, size: 36 }],
      },
      [at, score],
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [items, theme, lang]);

  if (items === undefined) return <Waiting />;
  return (
    <>
      <div className="plot" ref={box} role="img" aria-label={t("course.picture", { n: items.length })} />
      <details>
        <summary>{t("course.table")}</summary>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("course.day")}</th>
              <th scope="col">{t("col.level")}</th>
              <th scope="col" className="num">
                {t("col.score")}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.id}>
                <td>{day(item.assessedOn, lang)}</td>
                <td>
                  <Level level={item.level} />
                </td>
                <td className="num">{points(item.score, lang)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
