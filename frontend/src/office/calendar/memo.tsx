import { Component, type FunctionComponent } from "preact";

/** Draws the component again only if a property is another one. */
export function memo<Props extends object>(
  Inner: FunctionComponent<Props>,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const names = Object.keys(next) as (keyof Props)[];
      return names.some((name) => this.props[name] !== next[name]);
    }
    override render() {
      return <Inner {...(this.props as Props)} />;
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}
