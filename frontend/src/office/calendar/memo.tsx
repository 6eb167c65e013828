import { Component, type FunctionComponent } from "preact";

/** Wraps a component so that it is drawn again only if one of its properties changes. */
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
