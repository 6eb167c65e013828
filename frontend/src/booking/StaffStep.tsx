import type { Resource } from "../api/wire";
import type { Staff } from "./route";
import { texts } from "./texts";

interface StaffStepProps {
  resources: readonly Resource[];
  onChoose(staff: Staff): void;
}

export function StaffStep({ resources, onChoose }: StaffStepProps) {
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{texts.chooseStaff}</h2>
      <button
        type="button"
        class="choice"
        data-testid="resource-any"
        onClick={() => onChoose("any")}
      >
        <span class="choice-name">{texts.anyone}</span>
        <span class="choice-hint">{texts.anyoneHint}</span>
      </button>
      {resources.map((resource) => (
        <button
          key={resource.id}
          type="button"
          class="choice"
          data-testid={`resource-${resource.id}`}
          onClick={() => onChoose(resource.id)}
        >
          <span class="choice-name">{resource.name}</span>
        </button>
      ))}
    </section>
  );
}
