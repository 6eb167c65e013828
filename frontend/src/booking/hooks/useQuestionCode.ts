import { useLoadedCode } from "./useLoadedCode";

const load = () => import("../laterQuestions");

/** The code for questions and answers; who needs none of it loads none. */
export const useQuestionCode = (isNeeded: boolean) => useLoadedCode(isNeeded ? load : null, true);
