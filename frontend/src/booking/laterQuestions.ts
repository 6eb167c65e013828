/** The code for services that ask questions or have terms. Other visitors don't load it. */

export { answersForForm as filledIn, refusedAnswers } from "./answers";
export { AnswerList } from "./components/AnswerList";
export { Questions } from "./components/Questions";
