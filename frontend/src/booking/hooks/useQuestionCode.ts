import { useLoadedCode } from "./useLoadedCode";

const load = () => import("../laterQuestions");

/** Returns the code for questions and answers. It is loaded only if it is needed. */
export const useQuestionCode = (isNeeded: boolean) => useLoadedCode(isNeeded ? load : null, true);
