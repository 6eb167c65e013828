import { useEffect } from "react";
import type { Resource } from "../../core/wire";
import { ChoiceButton } from "../components/ChoiceButton";
import type { Staff } from "../route";
import * as texts from "../texts";

interface StaffStepProps {
  resources: readonly Resource[];
  onChoose(staff: Staff, how?: "replace"): void;
}

/** With whom. A question with one possible answer isn't asked. */
export function StaffStep({ resources, onChoose }: StaffStepProps) {
  const only = resources.length === 1 && resources[0];
  useEffect(() => {
    if (only) onChoose(only.id, "replace");
  });
  if (only) return null;
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{texts.chooseStaff}</h2>
      <ChoiceButton
        testId="resource-any"
        name={texts.anyone}
        hint={texts.anyoneHint}
        onChoose={() => onChoose("any")}
      />
      {resources.map(({ id, name }) => (
        <ChoiceButton
          key={id}
          testId={`resource-${id}`}
          name={name}
          onChoose={() => onChoose(id)}
        />
      ))}
    </section>
  );
}
