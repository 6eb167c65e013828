import type { Actions } from "./actions";
import { Dialog } from "./Dialog";
import type { FormSurroundings } from "./formFields";
import * as texts from "./texts";
import type { Column } from "./wire";

interface ClosureDialogProps {
  actions: Actions;
  column: Column;
  id: number;
  around: FormSurroundings;
  canWrite: boolean;
  onClose(): void;
}

/** The dialog about a closure, which can open its time again. */
export function ClosureDialog(props: ClosureDialogProps) {
  const { actions, column, id, around, canWrite, onClose } = props;
  const closure = column.closures.find((each) => each.id === id);
  if (!closure) return null;
  const mayOpen = canWrite && (around.canCloseBusiness || !closure.is_of_business);
  return (
    <Dialog title={texts.closedBecause(closure.reason)} onClose={onClose}>
      <p>
        {closure.is_of_business ? texts.wholeBusiness : column.name},{" "}
        {around.words.closureSpan(closure, column.time_zone)}
      </p>
      {mayOpen && (
        <div class="cal-buttons">
          <button
            type="button"
            class="secondary"
            onClick={() => {
              onClose();
              void actions.openAgain(closure, column);
            }}
          >
            {texts.openAgain}
          </button>
        </div>
      )}
    </Dialog>
  );
}
