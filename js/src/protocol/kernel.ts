// Generated from Python by `npm run generate`. Do not edit.

import type { ChangeDataCommand, Command, EditCommand, RelabelCommand } from "./commands";
import type { AuditInfo, ColumnDetail, DataInfo, DataPreview, Delta, DivisionInfo, HistoryRow, IllustrationInfo, ImportanceInfo, LabeledRow, LabelsInfo, PairInfo, PictureInfo, PictureKind, PreferencesInfo, Snapshot, SpacePreview, TrialComparison, TrialDetail, Variable, ViewInfo, Views, WarningsInfo, WorthInfo } from "./messages";

/** What each request is answered with, and how long the answer may take. */
export const REQUESTS = {
  "audit": {
    "seconds": 30,
    "response": {
      "ref": "AuditInfo"
    }
  },
  "code": {
    "seconds": 30,
    "response": "string"
  },
  "column": {
    "seconds": 30,
    "response": {
      "ref": "ColumnDetail"
    }
  },
  "compare": {
    "seconds": 30,
    "response": {
      "ref": "TrialComparison"
    }
  },
  "detail": {
    "seconds": 30,
    "response": {
      "ref": "TrialDetail"
    }
  },
  "division": {
    "seconds": 30,
    "response": {
      "ref": "DivisionInfo"
    }
  },
  "explain": {
    "seconds": 330,
    "response": {
      "ref": "ViewInfo"
    }
  },
  "hello": {
    "seconds": 6,
    "response": {
      "any": [
        {
          "ref": "Snapshot"
        },
        {
          "ref": "Delta"
        }
      ]
    }
  },
  "history": {
    "seconds": 30,
    "response": {
      "list": {
        "ref": "HistoryRow"
      }
    }
  },
  "illustration": {
    "seconds": 30,
    "response": {
      "ref": "IllustrationInfo"
    }
  },
  "importance": {
    "seconds": 30,
    "response": {
      "ref": "ImportanceInfo"
    }
  },
  "journal_markdown": {
    "seconds": 30,
    "response": "string"
  },
  "labeled_row": {
    "seconds": 30,
    "response": {
      "ref": "LabeledRow"
    }
  },
  "labels": {
    "seconds": 120,
    "response": {
      "ref": "LabelsInfo"
    }
  },
  "pair": {
    "seconds": 30,
    "response": {
      "ref": "PairInfo"
    }
  },
  "picture": {
    "seconds": 30,
    "response": {
      "ref": "PictureInfo"
    }
  },
  "preferences": {
    "seconds": 30,
    "response": {
      "ref": "PreferencesInfo"
    }
  },
  "preview_data": {
    "seconds": 30,
    "response": {
      "ref": "DataPreview"
    }
  },
  "preview_edit": {
    "seconds": 30,
    "response": {
      "ref": "SpacePreview"
    }
  },
  "preview_relabel": {
    "seconds": 30,
    "response": {
      "ref": "DataPreview"
    }
  },
  "preview_rows": {
    "seconds": 30,
    "response": {
      "ref": "DataPreview"
    }
  },
  "profile": {
    "seconds": 30,
    "response": {
      "ref": "DataInfo"
    }
  },
  "stop": {
    "seconds": 30,
    "response": "null"
  },
  "variable": {
    "seconds": 30,
    "response": {
      "ref": "Variable"
    }
  },
  "views": {
    "seconds": 30,
    "response": {
      "ref": "Views"
    }
  },
  "warnings": {
    "seconds": 30,
    "response": {
      "ref": "WarningsInfo"
    }
  },
  "worth": {
    "seconds": 30,
    "response": {
      "ref": "WorthInfo"
    }
  }
} as const;

export type RequestName = keyof typeof REQUESTS;

/** A request as it is sent. */
export interface Request {
  readonly type: RequestName | "command";
  readonly id: string;
  readonly column?: string;
  readonly command?: Readonly<Record<string, unknown>>;
  readonly epoch?: null | string;
  readonly family?: string;
  readonly key?: string;
  readonly kind?: PictureKind;
  readonly number?: number;
  readonly numbers?: number[];
  readonly of?: string;
  readonly options?: Record<string, unknown>;
  readonly request?: string;
  readonly row?: number;
  readonly seq?: null | number;
  readonly step?: number;
  readonly view?: string;
}

/** Sends a request and gives back its answer, checked by the schema; a signal that aborts cancels it. */
export type Ask = (name: RequestName, body: object, signal?: AbortSignal) => Promise<unknown>;

/** The requests of a page, a method for each. */
export class Kernel {
  constructor(private readonly ask: Ask) {}

  audit(number: number, column: string, signal?: AbortSignal): Promise<AuditInfo> {
    return this.ask("audit", { number, column }, signal) as Promise<AuditInfo>;
  }

  code(command: Command, signal?: AbortSignal): Promise<string> {
    return this.ask("code", { command }, signal) as Promise<string>;
  }

  column(column: string, of?: string, signal?: AbortSignal): Promise<ColumnDetail> {
    return this.ask("column", { column, of }, signal) as Promise<ColumnDetail>;
  }

  compare(numbers: number[], signal?: AbortSignal): Promise<TrialComparison> {
    return this.ask("compare", { numbers }, signal) as Promise<TrialComparison>;
  }

  detail(number: number, signal?: AbortSignal): Promise<TrialDetail> {
    return this.ask("detail", { number }, signal) as Promise<TrialDetail>;
  }

  division(signal?: AbortSignal): Promise<DivisionInfo> {
    return this.ask("division", {}, signal) as Promise<DivisionInfo>;
  }

  explain(view: string, options: Record<string, unknown>, step?: number, signal?: AbortSignal): Promise<ViewInfo> {
    return this.ask("explain", { view, options, step }, signal) as Promise<ViewInfo>;
  }

  hello(epoch?: string | null, seq?: number | null, signal?: AbortSignal): Promise<Snapshot | Delta> {
    return this.ask("hello", { epoch, seq }, signal) as Promise<Snapshot | Delta>;
  }

  history(seq: number, signal?: AbortSignal): Promise<HistoryRow[]> {
    return this.ask("history", { seq }, signal) as Promise<HistoryRow[]>;
  }

  illustration(key: string, signal?: AbortSignal): Promise<IllustrationInfo> {
    return this.ask("illustration", { key }, signal) as Promise<IllustrationInfo>;
  }

  importance(family: string, signal?: AbortSignal): Promise<ImportanceInfo> {
    return this.ask("importance", { family }, signal) as Promise<ImportanceInfo>;
  }

  journalMarkdown(signal?: AbortSignal): Promise<string> {
    return this.ask("journal_markdown", {}, signal) as Promise<string>;
  }

  labeledRow(row: number, signal?: AbortSignal): Promise<LabeledRow> {
    return this.ask("labeled_row", { row }, signal) as Promise<LabeledRow>;
  }

  labels(signal?: AbortSignal): Promise<LabelsInfo> {
    return this.ask("labels", {}, signal) as Promise<LabelsInfo>;
  }

  pair(numbers: number[], signal?: AbortSignal): Promise<PairInfo> {
    return this.ask("pair", { numbers }, signal) as Promise<PairInfo>;
  }

  picture(numbers: number[], kind: PictureKind, signal?: AbortSignal): Promise<PictureInfo> {
    return this.ask("picture", { numbers, kind }, signal) as Promise<PictureInfo>;
  }

  preferences(signal?: AbortSignal): Promise<PreferencesInfo> {
    return this.ask("preferences", {}, signal) as Promise<PreferencesInfo>;
  }

  previewData(command: ChangeDataCommand, signal?: AbortSignal): Promise<DataPreview> {
    return this.ask("preview_data", { command }, signal) as Promise<DataPreview>;
  }

  previewEdit(command: EditCommand, signal?: AbortSignal): Promise<SpacePreview> {
    return this.ask("preview_edit", { command }, signal) as Promise<SpacePreview>;
  }

  previewRelabel(command: RelabelCommand, signal?: AbortSignal): Promise<DataPreview> {
    return this.ask("preview_relabel", { command }, signal) as Promise<DataPreview>;
  }

  previewRows(command: Command, signal?: AbortSignal): Promise<DataPreview> {
    return this.ask("preview_rows", { command }, signal) as Promise<DataPreview>;
  }

  profile(signal?: AbortSignal): Promise<DataInfo> {
    return this.ask("profile", {}, signal) as Promise<DataInfo>;
  }

  stop(request: string, signal?: AbortSignal): Promise<null> {
    return this.ask("stop", { request }, signal) as Promise<null>;
  }

  variable(signal?: AbortSignal): Promise<Variable> {
    return this.ask("variable", {}, signal) as Promise<Variable>;
  }

  views(signal?: AbortSignal): Promise<Views> {
    return this.ask("views", {}, signal) as Promise<Views>;
  }

  warnings(signal?: AbortSignal): Promise<WarningsInfo> {
    return this.ask("warnings", {}, signal) as Promise<WarningsInfo>;
  }

  worth(signal?: AbortSignal): Promise<WorthInfo> {
    return this.ask("worth", {}, signal) as Promise<WorthInfo>;
  }
}
