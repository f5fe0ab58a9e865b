// Generated from hitl_widget/widget/wire.py by `npm run generate`. Do not edit.

export const VERSION = 2;

export type Phase = "ready" | "running" | "paused" | "finishing" | "finished" | "failed";

export type State = "queued" | "running" | "complete" | "stopped" | "failed";

export type Author = "you" | "machine";

export type Origin = "baseline" | "start" | "sampler" | "own" | "edit";

export type TrialRow = [
  number: number,
  state: State,
  family: string,
  score: number | null,
  std: number | null,
  folds: number,
  seconds: number,
  finished_at: number | null,
  author: Author,
  origin: Origin,
  parent: number | null,
  generation: number,
  values: unknown[],
];

export type TrialMark = [
  number: number,
  state: State,
  score: number | null,
  std: number | null,
  folds: number,
  seconds: number,
  finished_at: number | null,
];

export interface MetricInfo {
  scorer: string;
  label: string;
  sign: number;
  of_target: boolean;
}

export interface ParameterInfo {
  name: string;
  label: string;
  kind: "float" | "int" | "categorical";
  low: number | null;
  high: number | null;
  log: boolean;
  choices: unknown[] | null;
  default: unknown;
}

export interface FamilyInfo {
  name: string;
  label: string;
  story: string;
  colour: string;
  baseline: boolean;
  parameters: ParameterInfo[];
}

export interface Chip {
  text: string;
  detail: string;
  tone: "plain" | "warn";
}

export interface SessionInfo {
  id: string;
  target: string;
  kind: "binary" | "multiclass" | "regression";
  metric: MetricInfo;
  sentence: string;
  split: string;
  folds: number;
  chips: Chip[];
  families: FamilyInfo[];
  workers: number;
  journal: string;
  rows: number;
  holdout_rows: number;
}

export interface Counts {
  queued: number;
  running: number;
  complete: number;
  stopped: number;
  failed: number;
}

export interface Budget {
  seconds: number | null;
  trials: number | null;
  used_seconds: number;
  ticking: boolean;
}

export interface Best {
  number: number;
  family: string;
  score: number;
  std: number | null;
}

export interface Baseline {
  number: number;
  label: string;
  score: number;
  std: number | null;
}

export interface EnsembleMember {
  number: number;
  weight: number;
}

export interface Ensemble {
  score: number;
  members: EnsembleMember[];
}

export interface Holdout {
  rows: number;
  best: number;
  ensemble: number | null;
  sentence: string;
}

export interface Notice {
  level: "info" | "warn" | "error";
  text: string;
  remedy: string;
}

export interface Status {
  phase: Phase;
  headline: string;
  aside: string;
  improving: string;
  counts: Counts;
  budget: Budget;
  best: Best | null;
  baselines: Baseline[];
  ensemble: Ensemble | null;
  holdout: Holdout | null;
  notices: Notice[];
}

export interface Snapshot {
  type: "snapshot";
  version: number;
  epoch: string;
  seq: number;
  session: SessionInfo;
  status: Status;
  rows: TrialRow[];
}

export interface Delta {
  type: "delta";
  epoch: string;
  from: number;
  seq: number;
  rows?: TrialRow[];
  marks?: TrialMark[];
  status?: Record<string, unknown>;
}

export interface Refusal {
  message: string;
  remedy: string;
}

export interface Reply {
  type: "reply";
  id: string;
  ok: boolean;
  result?: unknown;
  error?: Refusal;
}

export interface Request {
  type: "hello" | "command" | "code" | "detail";
  id: string;
  epoch?: string | null;
  seq?: number | null;
  command?: Record<string, unknown>;
  number?: number;
}

export interface Setting {
  name: string;
  label: string;
  value: unknown;
  default: boolean;
}

export interface FoldInfo {
  fold: number;
  score: number;
  seconds: number;
}

export interface TrialDetail {
  number: number;
  label: string;
  story: string;
  why: string;
  verdict: string;
  settings: Setting[];
  fitted: Setting[];
  folds: FoldInfo[];
  prepare_seconds: number;
  fit_seconds: number;
  predict_ms: number | null;
  model_bytes: number | null;
  warnings: string[];
  error: Notice | null;
  traceback: string;
  python: string;
}

/** What each message must look like; `protocol/validate.ts` reads it. */
export const SCHEMA = {
  "Phase": {
    "enum": [
      "ready",
      "running",
      "paused",
      "finishing",
      "finished",
      "failed"
    ]
  },
  "State": {
    "enum": [
      "queued",
      "running",
      "complete",
      "stopped",
      "failed"
    ]
  },
  "Author": {
    "enum": [
      "you",
      "machine"
    ]
  },
  "Origin": {
    "enum": [
      "baseline",
      "start",
      "sampler",
      "own",
      "edit"
    ]
  },
  "TrialRow": {
    "tuple": [
      "number",
      {
        "ref": "State"
      },
      "string",
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      "number",
      "number",
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "ref": "Author"
      },
      {
        "ref": "Origin"
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      "number",
      {
        "list": "any"
      }
    ]
  },
  "TrialMark": {
    "tuple": [
      "number",
      {
        "ref": "State"
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      "number",
      "number",
      {
        "any": [
          "number",
          "null"
        ]
      }
    ]
  },
  "MetricInfo": {
    "object": {
      "scorer": "string",
      "label": "string",
      "sign": "number",
      "of_target": "boolean"
    }
  },
  "ParameterInfo": {
    "object": {
      "name": "string",
      "label": "string",
      "kind": {
        "enum": [
          "float",
          "int",
          "categorical"
        ]
      },
      "low": {
        "any": [
          "number",
          "null"
        ]
      },
      "high": {
        "any": [
          "number",
          "null"
        ]
      },
      "log": "boolean",
      "choices": {
        "any": [
          {
            "list": "any"
          },
          "null"
        ]
      },
      "default": "any"
    }
  },
  "FamilyInfo": {
    "object": {
      "name": "string",
      "label": "string",
      "story": "string",
      "colour": "string",
      "baseline": "boolean",
      "parameters": {
        "list": {
          "ref": "ParameterInfo"
        }
      }
    }
  },
  "Chip": {
    "object": {
      "text": "string",
      "detail": "string",
      "tone": {
        "enum": [
          "plain",
          "warn"
        ]
      }
    }
  },
  "SessionInfo": {
    "object": {
      "id": "string",
      "target": "string",
      "kind": {
        "enum": [
          "binary",
          "multiclass",
          "regression"
        ]
      },
      "metric": {
        "ref": "MetricInfo"
      },
      "sentence": "string",
      "split": "string",
      "folds": "number",
      "chips": {
        "list": {
          "ref": "Chip"
        }
      },
      "families": {
        "list": {
          "ref": "FamilyInfo"
        }
      },
      "workers": "number",
      "journal": "string",
      "rows": "number",
      "holdout_rows": "number"
    }
  },
  "Counts": {
    "object": {
      "queued": "number",
      "running": "number",
      "complete": "number",
      "stopped": "number",
      "failed": "number"
    }
  },
  "Budget": {
    "object": {
      "seconds": {
        "any": [
          "number",
          "null"
        ]
      },
      "trials": {
        "any": [
          "number",
          "null"
        ]
      },
      "used_seconds": "number",
      "ticking": "boolean"
    }
  },
  "Best": {
    "object": {
      "number": "number",
      "family": "string",
      "score": "number",
      "std": {
        "any": [
          "number",
          "null"
        ]
      }
    }
  },
  "Baseline": {
    "object": {
      "number": "number",
      "label": "string",
      "score": "number",
      "std": {
        "any": [
          "number",
          "null"
        ]
      }
    }
  },
  "EnsembleMember": {
    "object": {
      "number": "number",
      "weight": "number"
    }
  },
  "Ensemble": {
    "object": {
      "score": "number",
      "members": {
        "list": {
          "ref": "EnsembleMember"
        }
      }
    }
  },
  "Holdout": {
    "object": {
      "rows": "number",
      "best": "number",
      "ensemble": {
        "any": [
          "number",
          "null"
        ]
      },
      "sentence": "string"
    }
  },
  "Notice": {
    "object": {
      "level": {
        "enum": [
          "info",
          "warn",
          "error"
        ]
      },
      "text": "string",
      "remedy": "string"
    }
  },
  "Status": {
    "object": {
      "phase": {
        "ref": "Phase"
      },
      "headline": "string",
      "aside": "string",
      "improving": "string",
      "counts": {
        "ref": "Counts"
      },
      "budget": {
        "ref": "Budget"
      },
      "best": {
        "any": [
          {
            "ref": "Best"
          },
          "null"
        ]
      },
      "baselines": {
        "list": {
          "ref": "Baseline"
        }
      },
      "ensemble": {
        "any": [
          {
            "ref": "Ensemble"
          },
          "null"
        ]
      },
      "holdout": {
        "any": [
          {
            "ref": "Holdout"
          },
          "null"
        ]
      },
      "notices": {
        "list": {
          "ref": "Notice"
        }
      }
    }
  },
  "Snapshot": {
    "object": {
      "type": {
        "enum": [
          "snapshot"
        ]
      },
      "version": "number",
      "epoch": "string",
      "seq": "number",
      "session": {
        "ref": "SessionInfo"
      },
      "status": {
        "ref": "Status"
      },
      "rows": {
        "list": {
          "ref": "TrialRow"
        }
      }
    }
  },
  "Delta": {
    "object": {
      "type": {
        "enum": [
          "delta"
        ]
      },
      "epoch": "string",
      "from": "number",
      "seq": "number",
      "rows": {
        "optional": {
          "list": {
            "ref": "TrialRow"
          }
        }
      },
      "marks": {
        "optional": {
          "list": {
            "ref": "TrialMark"
          }
        }
      },
      "status": {
        "optional": "object"
      }
    }
  },
  "Refusal": {
    "object": {
      "message": "string",
      "remedy": "string"
    }
  },
  "Reply": {
    "object": {
      "type": {
        "enum": [
          "reply"
        ]
      },
      "id": "string",
      "ok": "boolean",
      "result": {
        "optional": "any"
      },
      "error": {
        "optional": {
          "ref": "Refusal"
        }
      }
    }
  },
  "Request": {
    "object": {
      "type": {
        "enum": [
          "hello",
          "command",
          "code",
          "detail"
        ]
      },
      "id": "string",
      "epoch": {
        "optional": {
          "any": [
            "string",
            "null"
          ]
        }
      },
      "seq": {
        "optional": {
          "any": [
            "number",
            "null"
          ]
        }
      },
      "command": {
        "optional": "object"
      },
      "number": {
        "optional": "number"
      }
    }
  },
  "Setting": {
    "object": {
      "name": "string",
      "label": "string",
      "value": "any",
      "default": "boolean"
    }
  },
  "FoldInfo": {
    "object": {
      "fold": "number",
      "score": "number",
      "seconds": "number"
    }
  },
  "TrialDetail": {
    "object": {
      "number": "number",
      "label": "string",
      "story": "string",
      "why": "string",
      "verdict": "string",
      "settings": {
        "list": {
          "ref": "Setting"
        }
      },
      "fitted": {
        "list": {
          "ref": "Setting"
        }
      },
      "folds": {
        "list": {
          "ref": "FoldInfo"
        }
      },
      "prepare_seconds": "number",
      "fit_seconds": "number",
      "predict_ms": {
        "any": [
          "number",
          "null"
        ]
      },
      "model_bytes": {
        "any": [
          "number",
          "null"
        ]
      },
      "warnings": {
        "list": "string"
      },
      "error": {
        "any": [
          {
            "ref": "Notice"
          },
          "null"
        ]
      },
      "traceback": "string",
      "python": "string"
    }
  }
} as const;
