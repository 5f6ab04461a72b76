/* A page that fails says so in its place, and leaves the rest of the console usable. */
import { Component, type ComponentChildren } from 'preact';
import { Failure } from './state.tsx';

export class Boundary extends Component<{ children: ComponentChildren }, { reason: string | null }> {
  override state = { reason: null };

  static override getDerivedStateFromError(error: unknown): { reason: string } {
    return { reason: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    const again = (): void => this.setState({ reason: null });
    if (this.state.reason === null) return this.props.children;
    return <Failure what="This page has failed" reason={this.state.reason} onRetry={again} />;
  }
}
