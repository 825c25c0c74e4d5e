import type { DatabaseSync } from "node:sqlite";
import { type Evidence, evidenceOf } from "./evidence.ts";
import { type FileFilter, type FileReport, fileReport, type FilesBy } from "./file_report.ts";
import { type NetworkBy, type NetworkReport, networkReport } from "./network_report.ts";
import { type ProcessesBy, type ProcessReport, processReport } from "./process_report.ts";
import { type AskedCall, askedCalls } from "./prompt_report.ts";
import { type Recorded, recorded } from "./recorded.ts";
import type { ReportFilter } from "./report_filter.ts";
import { type TokenReport, tokenReport, type TokensBy } from "./token_report.ts";
import { type ToolReport, toolReport, type ToolsBy } from "./tool_report.ts";

/** What `agentsight report` asks of a recording. */
export class Reports {
  readonly #db: DatabaseSync;
  readonly #recorded: Recorded;

  constructor(db: DatabaseSync, { schema }: { readonly schema: number }) {
    this.#db = db;
    this.#recorded = recorded(schema);
  }

  /** How far conclusions about this recording can be trusted. */
  evidence(): Evidence {
    return evidenceOf(this.#db, this.#recorded);
  }

  tokens(by: TokensBy, filter: ReportFilter = {}): TokenReport {
    return tokenReport(this.#db, { by, filter, recorded: this.#recorded });
  }

  tools(by: ToolsBy, filter: ReportFilter = {}): ToolReport {
    return toolReport(this.#db, { by, filter, recorded: this.#recorded });
  }

  files(by: FilesBy, filter: FileFilter = {}): FileReport {
    return fileReport(this.#db, { by, filter, recorded: this.#recorded });
  }

  network(by: NetworkBy, filter: ReportFilter = {}): NetworkReport {
    return networkReport(this.#db, { by, filter, recorded: this.#recorded });
  }

  processes(by: ProcessesBy, filter: ReportFilter = {}): ProcessReport {
    return processReport(this.#db, { by, filter, recorded: this.#recorded });
  }

  /** Every call, conversation by conversation; one is read at a time. */
  calls(filter: ReportFilter = {}): Iterable<AskedCall> {
    return askedCalls(this.#db, { filter, recorded: this.#recorded });
  }
}
