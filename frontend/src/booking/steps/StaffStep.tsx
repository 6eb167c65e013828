import { useEffect, useState } from "react";
import type { FirstFree, Resource, Service } from "../../core/wire";
import { Avatar } from "../components/Avatar";
import { Choice } from "../components/Choice";
import { shortDay, time } from "../format/format";
import { useQuestion } from "../hooks/useQuestion";
import { usePageServices } from "../pageServices";
import type { Staff } from "../route";
import * as texts from "../texts";

interface StaffStepProps {
  service: Service;
  resources: readonly Resource[];
  onChoose(staff: Staff, how?: "replace"): void;
}

const EVERY = 30_000;
/** With more people, asking for each would cost more than it tells. */
const MAX_ASKED = 8;
/** How many faces stand for anyone. */
const FACES = 3;

/** With whom, or where. A question with one possible answer isn't asked. */
export function StaffStep({ service, resources, onChoose }: StaffStepProps) {
  const only = resources.length === 1 && resources[0];
  useEffect(() => {
    if (only) onChoose(only.id, "replace");
  });
  const next = useNextFreeOfEach(service, resources);
  if (only) return null;
  const kinds = new Set(resources.map(({ kind }) => kind));
  const kind = kinds.size === 1 ? [...kinds][0] : undefined;
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{texts.chooseStaff(kind)}</h2>
      <Choice
        testId="resource-any"
        name={texts.anyone(kind)}
        picture={
          <span class="faces">
            {resources.slice(0, FACES).map((resource) => (
              <Avatar key={resource.id} resource={resource} />
            ))}
          </span>
        }
        meta={texts.anyoneHint}
        onChoose={() => onChoose("any")}
      />
      {resources.map((resource) => (
        <Choice
          key={resource.id}
          testId={`resource-${resource.id}`}
          name={resource.name}
          picture={<Avatar resource={resource} />}
          meta={next[resource.id] ?? (resources.length > MAX_ASKED ? "" : "\u00a0")}
          onChoose={() => onChoose(resource.id)}
        />
      ))}
    </section>
  );
}

/** By resource, in words. What isn't known is left out. */
function useNextFreeOfEach(service: Service, resources: readonly Resource[]) {
  const { api } = usePageServices();
  const [found, setFound] = useState<Record<number, string>>({});
  const asked = resources.length > 1 && resources.length <= MAX_ASKED ? resources : [];
  const question = {
    ask: () =>
      Promise.all(
        asked.map(async ({ id }) => [id, inWords(await api.nextFree(service.id, id))] as const),
      ),
    receive: (each: (readonly [number, string])[]) => setFound(Object.fromEntries(each)),
    fail() {},
    every: EVERY,
  };
  useQuestion(question, `${service.id} ${asked.map(({ id }) => id)}`);
  return found;
}

function inWords({ days, time_zone: zone }: FirstFree): string {
  if (days === null) return "";
  const [first] = Object.entries(days);
  const start = first?.[1].slots?.[0]?.starts_at;
  return first ? texts.nextFree(shortDay(first[0]), start ? time(start, zone) : null) : texts.full;
}
