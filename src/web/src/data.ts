// The shape of the JSON inside the page: SimEval.Reports.Data, record by record. `null` stands for a number that does not exist.

export type Num = number | null;

export interface ReportData {
  schema: string;
  kind: "run" | "replay";
  run: Run;
  verdict: Verdict;
  facts: Fact[];
  variants: Variant[];
  metrics: Metric[];
  gates: Gate[];
  changes: Change[];
  slices: Slices | null;
  suite: SuiteRow[];
  distributions: Distribution[];
  replays: Replays;
  builds: Build[];
  models: Model[];
  rollouts: Rollouts;
  latency: Latency[];
  method: Method;
  provenance: Provenance;
}

export interface Run {
  id: string;
  scenario: string;
  team: string;
  seed: string;
  finishedAt: string | null;
  labels: Record<string, string>;
}

export type Status = "Pass" | "Fail" | "Inconclusive" | "Error" | "None";

export interface Verdict {
  status: Status;
  lead: string;
  headline: string;
  detail: string[];
}

export interface Fact {
  value: string;
  label: string;
  alert: boolean;
}

export interface Variant {
  name: string;
  role: "baseline" | "candidate" | "reference";
  colour: string;
  policy: string;
}

export interface Estimate {
  value: Num;
  low: Num;
  high: Num;
  count: number;
  effective: Num;
}

export interface Metric {
  name: string;
  title: string;
  unit: string;
  scale: "binary" | "share" | "real";
  direction: "lower" | "higher" | "neutral";
  source: string;
  description: string;
  values: Estimate[];
}

export interface Gate {
  metric: number;
  variant: number;
  baseline: number;
  baselineName: string | null;
  verdict: Status;
  statistic: string;
  value: Estimate;
  baselineValue: Estimate | null;
  decides: Estimate;
  isDifference: boolean;
  threshold: number;
  forbidden: "above" | "below";
  confidence: number;
  nominal: number;
  tests: number;
  pValue: Num;
  adjustedP: Num;
  method: string;
  reason: string;
}

export interface Change {
  metric: number;
  variant: number;
  baselineName: string;
  baselineValue: Num;
  value: Num;
  difference: Estimate;
  direction: "better" | "worse" | "unclear";
  adjustedP: Num;
  method: string;
  also: number[];
}

export interface Slices {
  axes: Axis[];
  grids: Grid[];
  findings: Finding[];
}

export interface Axis {
  name: string;
  unit: string;
  bins: { label: string; low: Num; high: Num }[];
}

export interface Grid {
  x: number;
  y: number;
  metric: number;
  counts: number[][];
  means: Num[][];
}

export interface Finding {
  metric: number;
  variant: number;
  text: string;
  held: number;
  size: number;
  failures: number;
  bounds: { axis: number; first: number; last: number }[];
}

export interface SuiteRow {
  name: string;
  metric: number;
  values: Num[];
  counts: number[];
  difference: Num;
}

export interface Distribution {
  metric: number;
  title: string;
  curves: Curve[];
}

export interface Curve {
  variant: number;
  x: number[];
  p: number[];
  count: number;
}

export interface Replays {
  cases: Case[];
  clips: Clip[];
  backdrops: BackdropPath[][];
  rule: string;
  leftOut: number;
}

export interface Case {
  title: string;
  reason: "worst" | "worse" | "bad" | "better" | "typical" | "asked";
  note: string;
  clips: number[];
  departure: { frame: number; time: number; layer: string | null; difference: string } | null;
}

export interface Clip {
  rollout: string;
  variant: number;
  ending: string;
  summary: string;
  command: string;
  timeStep: number;
  frames: number;
  backdrop: number;
  tracks: Track[];
  motion: string;
  events: ClipEvent[];
}

export interface Track {
  id: number;
  kind: string;
  length: number;
  width: number;
  first: number;
  count: number;
}

export interface BackdropPath {
  stroke: string;
  points: number[];
}

export interface ClipEvent {
  time: number;
  kind: string;
  text: string;
  x: number;
  y: number;
}

export interface Build {
  variant: number;
  parent: number;
  text: string;
  compared: boolean;
  drawn: boolean;
  first: number;
  layers: Layer[];
}

export interface Model {
  variant: number;
  bytes: number;
  modelledMicroseconds: Num;
  first: string | null;
  outputEqual: boolean;
  outputSqnrDb: Num;
}

export interface Layer {
  name: string;
  equal: boolean;
  sqnrDb: Num;
  maxError: Num;
  differing: number;
  frames: number;
  differingFrames: number;
  isOutput: boolean;
}

export interface Rollouts {
  count: number;
  leftOut: number;
  sortedBy: number[];
  points: { key: string; label: string }[];
  endings: string[];
  variant: string;
  point: string;
  seed: string;
  outcome: string;
  ending: string;
  frames: string;
  values: string[];
  clip: string;
  details: Record<string, string>;
}

export interface Latency {
  variant: number;
  title: string;
  percentiles: { percent: number; microseconds: number }[];
  count: number;
  meanBatch: Num;
}

export interface Method {
  statements: { topic: string; text: string }[];
  outcomes: { name: string; meaning: string; counts: number[]; total: number }[];
  planned: number;
  notes: string[];
  defaults: Setting[];
}

export interface Setting {
  name: string;
  value: string;
}

export interface Provenance {
  entries: Setting[];
  reproduce: string;
}

/** The data that the program put into the page; null in the bare template. */
export function readData(): ReportData | null {
  const slot = document.getElementById("report-data");
  return JSON.parse(slot?.textContent || "null") as ReportData | null;
}
