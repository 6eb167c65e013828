/** Only those who book what asks questions, or has terms, need this code. */

export { filledIn, refusedAnswers } from "./answers";
export { AnswerList } from "./components/AnswerList";
export { Questions } from "./components/Questions";
