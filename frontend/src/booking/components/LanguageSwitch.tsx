import { BASE } from "../../core/base";
import { usePageServices } from "../pageServices";
import { languages, nameOf, rememberLanguage, speak, speaker, texts } from "../texts";
import { Icon } from "./Icon";

interface LanguageSwitchProps {
  /** Draws the page again, in the language that it speaks now. */
  onSpoken(): void;
}

/** The languages of the page, each by its own name. */
export function LanguageSwitch({ onSpoken }: LanguageSwitchProps) {
  const { storage } = usePageServices();
  const choose = async (language: string) => {
    rememberLanguage(storage, language, BASE);
    await speak(language);
    onSpoken();
  };
  return (
    <footer class="languages">
      <label>
        <Icon name="globe" />
        <span class="visually-hidden">{texts.language}</span>
        <select
          data-testid="language"
          value={speaker.lang}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {languages().map((language) => (
            <option key={language} value={language} lang={language}>
              {nameOf(language)}
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}
