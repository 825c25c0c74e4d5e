/** The Processes tab: the tree, and beside it the selected process. */
import { useComputed, useSignal } from "@preact/signals";
import type { App } from "../models/app.ts";
import { formatCount, plural } from "../models/format.ts";
import { treeLines } from "../models/process_tree.ts";
import { Empty, Loading } from "./empty.tsx";
import { useGrowing } from "./growing.ts";
import { ProcessDetail } from "./process_detail.tsx";
import { ProcessTree } from "./process_tree.tsx";

/** Lines in the page; more are reached by collapsing or by choosing a session. */
const MAX_LINES = 2000;

export function ProcessesView({ app }: { readonly app: App }) {
  const selected = app.route.value.item;
  const collapsed = useSignal<ReadonlySet<string>>(new Set());
  const lines = useComputed(() => treeLines(app.roots.value, { collapsed: collapsed.value, max: MAX_LINES }));
  const { limit, onScroll } = useGrowing(lines.value.length);
  const drawn = useComputed(() => lines.value.slice(0, limit.value));
  const forgotten = app.processes.forgotten.value;
  return (
    <div class={selected === null ? "split" : "split split-open"}>
      <section class="pane list-pane" aria-label="Process tree">
        <div class="scroll" onScroll={onScroll}>
          {lines.value.length === 0 ? <NoProcesses app={app} /> : (
            <>
              <ProcessTree lines={drawn} collapsed={collapsed} selected={selected} />
              <p class="end">
                {lines.value.length === MAX_LINES
                  ? `The first ${
                    formatCount(MAX_LINES)
                  } lines are shown. Collapse a process or choose a session to see others.`
                  : plural(lines.value.length, "process")}
                {forgotten > 0 && ` ${formatCount(forgotten)} that ended earlier are not in memory.`}
              </p>
            </>
          )}
        </div>
      </section>
      {selected !== null && <ProcessDetail app={app} id={selected} />}
    </div>
  );
}

function NoProcesses({ app }: { readonly app: App }) {
  if (!app.calls.loaded.value || app.info.value === null) return <Loading app={app} />;
  if (app.info.value.live) {
    return (
      <Empty title="No process yet" command="sudo agentsight trace -- claude -p 'list the files here'">
        Every process of a watched agent appears here with its children, exit codes, files and connections.
      </Empty>
    );
  }
  return (
    <Empty title="This recording has no process">Choose another session, or open another recording.</Empty>
  );
}
