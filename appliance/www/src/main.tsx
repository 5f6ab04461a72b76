import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/tables.css';
import './styles/forms.css';
import './styles/dialogues.css';
import './styles/narrow.css';
import './styles/gate.css';
import './styles/overview.css';
import './styles/system.css';
import './styles/pages.css';
import { App } from './app.tsx';
import { routerStart } from './router.ts';
import { sessionRead } from './session.ts';

const root = document.getElementById('app');
if (root !== null) {
  routerStart();
  void sessionRead();
  root.replaceChildren();
  render(<App />, root);
}
