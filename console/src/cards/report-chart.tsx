import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Point, Series } from './report-series.ts';

const colours = ['var(--accent-fill)', 'var(--good)'];
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const tick = { fill: 'var(--muted)', fontSize: 12 };
const rowPx = 34;

interface ReportChartProps {
  series: Series;
  label: string;
}

/** Bars of a report. Loaded only where one is shown; the table beside it says the same to whoever cannot see it. */
export function ReportChart({ series, label }: ReportChartProps) {
  const { bars, points, overTime } = series;
  const height = overTime ? 240 : points.length * rowPx * Math.max(1, bars.length * 0.75) + 32;
  return (
    <div>
      <div role="img" aria-label={label} style={{ height }}>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={points}
            layout={overTime ? 'horizontal' : 'vertical'}
            margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
            accessibilityLayer={false}
            barGap={2}
          >
            <CartesianGrid stroke="var(--line)" vertical={!overTime} horizontal={overTime} />
            {overTime ? (
              <>
                <XAxis
                  dataKey="label"
                  tick={tick}
                  stroke="var(--line-strong)"
                  tickLine={false}
                  minTickGap={12}
                />
                <YAxis
                  tick={tick}
                  stroke="none"
                  width={52}
                  tickFormatter={(value) => compact.format(value)}
                />
              </>
            ) : (
              <>
                <XAxis
                  type="number"
                  tick={tick}
                  stroke="none"
                  tickFormatter={(value) => compact.format(value)}
                />
                <YAxis
                  type="category"
                  dataKey="label"
                  tick={tick}
                  stroke="var(--line-strong)"
                  tickLine={false}
                  width={120}
                  tickFormatter={shortened}
                />
              </>
            )}
            <Tooltip content={<Exact bars={bars} />} cursor={{ fill: 'var(--hover)', opacity: 0.6 }} />
            {bars.map((bar, index) => (
              <Bar
                key={bar.key}
                dataKey={(point: Point) => point.sizes[bar.key]}
                name={bar.label}
                fill={colours[index] ?? 'var(--muted)'}
                isAnimationActive={false}
                maxBarSize={36}
                radius={2}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      {bars.length > 1 ? <Legend bars={bars} /> : null}
    </div>
  );
}

const longest = 18;
const shortened = (name: string): string => (name.length > longest ? `${name.slice(0, longest - 1)}…` : name);

interface ExactProps {
  bars: Series['bars'];
  active?: boolean;
  payload?: readonly { payload?: Point }[];
}

/** The sums as they are, not as they are drawn. */
function Exact({ bars, active, payload }: ExactProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className="rounded-md bg-raised px-3 py-2 text-sm shadow-float">
      <p className="font-medium">{point.label}</p>
      {bars.map((bar) => (
        <p key={bar.key} className="flex justify-between gap-4">
          <span className="text-muted">{bar.label}</span>
          {point.texts[bar.key]}
        </p>
      ))}
    </div>
  );
}

function Legend({ bars }: { bars: Series['bars'] }) {
  return (
    <ul className="mt-1 flex justify-center gap-4 text-sm text-muted">
      {bars.map((bar, index) => (
        <li key={bar.key} className="flex items-center gap-1.5">
          <span aria-hidden="true" className="size-2.5 rounded-sm" style={{ background: colours[index] }} />
          {bar.label}
        </li>
      ))}
    </ul>
  );
}
